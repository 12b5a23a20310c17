import LockFree
import Synchronization
import Testing

@Suite("A board", .serialized)
struct BoardTests {
    @Test("shows each word of each slot as it was published")
    func showsWords() {
        let board = Board(slots: 5)
        for slot in 0..<5 {
            for word in 0..<Board.wordsPerSlot {
                #expect(board.read(slot: slot, word: word) == 0)
                board.publish(slot: slot, word: word, value: UInt64(slot * 100 + word))
            }
        }
        for slot in 0..<5 {
            let words = board.snapshot(slot: slot)
            for word in 0..<Board.wordsPerSlot {
                #expect(words[word] == UInt64(slot * 100 + word))
                #expect(board.read(slot: slot, word: word) == words[word])
            }
        }
    }

    @Test("changes only the words that a publication changed")
    func publishesSeveral() {
        let board = Board(slots: 2)
        board.publish(slot: 1, word: 14, value: 9)
        board.publish(slot: 1) { words in
            #expect(words[14] == 9)
            words[0] = 4
        }
        #expect(board.read(slot: 1, word: 0) == 4)
        #expect(board.read(slot: 1, word: 14) == 9)
        #expect(board.read(slot: 0, word: 0) == 0)
    }

    @Test("never shows a mixture of two publications")
    func staysConsistent() {
        let board = Board(slots: 2)
        let done = Atomic<Bool>(false)
        let publications: UInt64 = 300_000
        atOnce(
            {
                for number in 1...publications {
                    board.publish(slot: 1) { words in
                        for word in words.indices { words[word] = number &* UInt64(word + 1) }
                    }
                }
                done.store(true, ordering: .releasing)
            },
            {
                var mixtures = 0
                var last: UInt64 = 0
                while !done.load(ordering: .acquiring) {
                    let words = board.snapshot(slot: 1)
                    if words[0] < last { mixtures += 1 }
                    last = words[0]
                    for word in words.indices where words[word] != last &* UInt64(word + 1) {
                        mixtures += 1
                    }
                }
                #expect(mixtures == 0)
            })
        #expect(board.read(slot: 1, word: 0) == publications)
    }

    @Test("stops a programmer who publishes outside it")
    func trapsOutside() async {
        await #expect(processExitsWith: .failure) {
            Board(slots: 2).publish(slot: 2, word: 0, value: 1)
        }
        await #expect(processExitsWith: .failure) {
            Board(slots: 2).publish(slot: 0, word: 15, value: 1)
        }
    }
}
