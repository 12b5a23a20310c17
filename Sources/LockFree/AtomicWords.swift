public import Synchronization

/// A block of atomic 64-bit words, all zero at first: what the other types here are made of.
///
/// Every access is bounds-checked and atomic, so nothing built on this type can read outside it or
/// tear a word. What *order* the accesses have is in their names; which thread may write which word
/// is the promise of the type that owns the block.
///
/// The verbs are inlinable down to one machine instruction: across a module boundary a call would
/// cost more than what it does. For that each type around them is `@usableFromInline` too: what is
/// `@inlinable` in a type that is only `package` stays a call in other modules (Swift 6.3).
@safe
@usableFromInline
package struct AtomicWords: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: the pointer never changes and all that is done through it is atomic.

    /// Words of one cache line; 64 bytes on every machine this runs on.
    @inlinable package static var lineWords: Int { 8 }
    /// Words between what different threads write: two lines, because the prefetcher of x86
    /// fetches lines in pairs, and a shared pair costs as a shared line does.
    @inlinable package static var apartWords: Int { 16 }

    @usableFromInline let memory: Mapping
    @usableFromInline let base: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline package let count: Int

    /// - Parameter count: words; memory is taken page by page, as they are first written.
    package init(count: Int) {
        let (lengthBytes, overflow) = count.multipliedReportingOverflow(by: 8)
        precondition(count > 0 && !overflow, "a block has at least one word, and an end")
        memory = Mapping(lengthBytes: lengthBytes)
        // An atomic word's representation is the word's, so the kernel's zeros are initialised
        // atomics already; writing them here would touch every page.
        unsafe base = memory.base.bindMemory(to: Atomic<UInt64>.self, capacity: count)
        self.count = count
    }

    /// The word's value, in no order with other words: for counters that are read on their own.
    @inlinable package func relaxed(_ index: Int) -> UInt64 {
        check(index)
        return unsafe base[index].load(ordering: .relaxed)
    }

    /// The word's value; what its writer wrote before releasing it is visible after this.
    @inlinable package func acquiring(_ index: Int) -> UInt64 {
        check(index)
        return unsafe base[index].load(ordering: .acquiring)
    }

    /// Sets the word, in no order with other words.
    @inlinable package func store(relaxed value: UInt64, at index: Int) {
        check(index)
        unsafe base[index].store(value, ordering: .relaxed)
    }

    /// Sets the word after everything that this thread read or wrote before.
    @inlinable package func store(releasing value: UInt64, at index: Int) {
        check(index)
        unsafe base[index].store(value, ordering: .releasing)
    }

    /// Adds to a word that only this thread writes.
    ///
    /// A load and a store, no `lock` prefix: nobody else writes the word, so nothing can come
    /// between the two. A reader sees the old value or the new one, never a part of one.
    @inlinable package func ownerAdd(_ value: UInt64, at index: Int) {
        check(index)
        let old = unsafe base[index].load(ordering: .relaxed)
        unsafe base[index].store(old &+ value, ordering: .relaxed)
    }

    /// Sets the word and returns what was there: one step, whoever else does the same.
    @inlinable package func exchange(relaxed value: UInt64, at index: Int) -> UInt64 {
        check(index)
        return unsafe base[index].exchange(value, ordering: .relaxed)
    }

    /// One comparison: a negative index is a huge one without its sign.
    @inlinable func check(_ index: Int) {
        precondition(
            UInt(bitPattern: index) < UInt(bitPattern: count), "a word of the block")
    }
}
