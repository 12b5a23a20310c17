internal import Glibc
internal import Synchronization

/// What one thread publishes of many things, and anyone reads without holding it up.
///
/// Each thing has a slot of two cache lines: a sequence number and ``wordsPerSlot`` words, whose
/// meaning is the publisher's. One word is read by one load, which never waits. Several words that
/// belong together are read by ``snapshot(slot:)``, which is consistent: the slot's sequence is odd
/// while the writer changes it and has moved on afterwards, so a reader knows if it read a mixture,
/// and reads again.
///
/// ```
/// writer                                     reader
/// W1  sequence = odd        relaxed          R1  s = sequence          acquiring
/// W2  fence                 releasing        R2  words                 relaxed
/// W3  words                 releasing        R3  fence                 acquiring
/// W4  sequence = next even  releasing        R4  s even, and sequence still s? (relaxed)
/// ```
///
/// If R2 saw any word of W3, then R3 pairs with W2, and R4 sees W1 or later: the sequence moved.
/// If R1 saw W4, then R2 sees the words of W3. (After H.-J. Boehm, "Can Seqlocks Get Along With
/// Programming Language Memory Models?", MSPC 2012.)
@usableFromInline
package final class Board: Sendable {
    /// Words of a slot that are the publisher's.
    @inlinable package static var wordsPerSlot: Int { 15 }
    /// A slot's words: a copy.
    package typealias Words = InlineArray<15, UInt64>

    /// Word 0 of a slot is its sequence; the publisher's words follow.
    @usableFromInline let words: AtomicWords
    @usableFromInline package let slots: Int

    /// - Parameter slots: all words 0; memory is only taken for pages that are published to.
    package init(slots: Int) {
        precondition(slots > 0, "a board has a slot")
        words = AtomicWords(count: slots * AtomicWords.apartWords)
        self.slots = slots
    }

    // MARK: The writer's side

    /// Publishes one word: it, and all that this thread wrote before, is seen by whoever reads it.
    package func publish(slot: Int, word: Int, value: UInt64) {
        let place = place(of: word, in: slot)
        change(slot) { words.store(releasing: value, at: place) }
    }

    /// Publishes several words as one change.
    /// - Parameter body: gets the slot's words as they are and changes them; readers see nothing
    ///   until it has returned.
    package func publish(slot: Int, _ body: (inout Words) -> Void) {
        let first = place(of: 0, in: slot)
        var copy = Words(repeating: 0)
        for word in copy.indices { copy[word] = words.relaxed(first + word) }  // The writer's own.
        body(&copy)
        change(slot) {
            for word in copy.indices { words.store(releasing: copy[word], at: first + word) }
        }
    }

    /// W1, W2, W3 by `store`, W4.
    private func change(_ slot: Int, _ store: () -> Void) {
        let sequencePlace = slot * AtomicWords.apartWords
        let sequence = words.relaxed(sequencePlace)
        words.store(relaxed: sequence &+ 1, at: sequencePlace)
        atomicMemoryFence(ordering: .releasing)
        store()
        words.store(releasing: sequence &+ 2, at: sequencePlace)
    }

    // MARK: Anyone's side

    /// One word; what its writer wrote before publishing it is visible after this. Never waits.
    @inlinable package func read(slot: Int, word: Int) -> UInt64 {
        words.acquiring(place(of: word, in: slot))
    }

    /// All words of a slot, as they stood between two publications.
    ///
    /// It reads again if the writer published to this very slot meanwhile; a writer that is paused
    /// in the middle of that (a few nanoseconds long) is given the processor. So it ends as soon as
    /// the writer once leaves the slot alone for as long as 15 loads take.
    package func snapshot(slot: Int) -> Words {
        let first = place(of: 0, in: slot)
        var copy = Words(repeating: 0)
        var attempts = 0
        while true {
            let sequence = words.acquiring(first - 1)
            for word in copy.indices { copy[word] = words.relaxed(first + word) }
            atomicMemoryFence(ordering: .acquiring)
            if sequence & 1 == 0, words.relaxed(first - 1) == sequence { return copy }
            attempts += 1
            if attempts % 64 == 0 { _ = sched_yield() }
        }
    }

    @inlinable func place(of word: Int, in slot: Int) -> Int {
        precondition(slot >= 0 && slot < slots, "a slot of the board")
        precondition(word >= 0 && word < Self.wordsPerSlot, "a word of the slot")
        return slot &* AtomicWords.apartWords &+ 1 &+ word
    }
}
