import Benchmark
import LockFree

/// What the sequencer publishes, and workers and scrapes read.
func board() -> [String] {
    [
        measure("board: publish one word", .mega) {
            let board = Board(slots: 64)
            let values = durations()
            return { benchmark in
                benchmark.startMeasurement()
                for _ in 0..<1_000 {
                    for value in values { board.publish(slot: 7, word: 2, value: value) }
                }
                benchmark.stopMeasurement()
                try Wrong.unless(board.read(slot: 7, word: 2), is: values[999], "the word")
            }
        },
        measure("board: publish a slot", .kilo) {
            let board = Board(slots: 64)
            let values = durations()
            return { benchmark in
                benchmark.startMeasurement()
                for value in values {
                    board.publish(slot: 7) { words in
                        words[2] = value
                        words[9] = value
                    }
                }
                benchmark.stopMeasurement()
                try Wrong.unless(board.read(slot: 7, word: 9), is: values[999], "the word")
            }
        },
        measure("board: read one word", .mega) {
            let board = Board(slots: 64)
            for slot in 0..<64 { board.publish(slot: slot, word: 2, value: UInt64(slot)) }
            let slots = (0..<1_000).map { $0 * 37 % 64 }
            let expected = slots.reduce(UInt64(0)) { $0 + UInt64($1) } * 1_000
            return { benchmark in
                var sum: UInt64 = 0
                benchmark.startMeasurement()
                for _ in 0..<1_000 {
                    for slot in slots { sum &+= board.read(slot: slot, word: 2) }
                }
                benchmark.stopMeasurement()
                try Wrong.unless(sum, is: expected, "the words read")
            }
        },
        measure("board: read a slot", .kilo) {
            let board = Board(slots: 64)
            for slot in 0..<64 { board.publish(slot: slot, word: 2, value: UInt64(slot)) }
            let slots = (0..<1_000).map { $0 * 37 % 64 }
            let expected = slots.reduce(UInt64(0)) { $0 + UInt64($1) }
            return { benchmark in
                var sum: UInt64 = 0
                benchmark.startMeasurement()
                for slot in slots { sum &+= board.snapshot(slot: slot)[2] }
                benchmark.stopMeasurement()
                try Wrong.unless(sum, is: expected, "the words read")
            }
        },
    ]
}
