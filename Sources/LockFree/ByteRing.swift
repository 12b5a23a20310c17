internal import Synchronization

/// A queue of byte records from one thread to one other thread, without locks or allocation.
///
/// One block of a power of two bytes; each record lies in one piece, behind an 8-byte header:
///
/// ```
///      head ▼                                      ▼ tail
///  ……………………┌────────┬─────────────────┬────────┬──────┐……………………
///   free    │ length │ bytes, padded 8 │ length │ …    │ free
///  ……………………└────────┴─────────────────┴────────┴──────┘……………………
/// ```
///
/// `head` and `tail` count bytes since the start and never wrap (584 years at 1 GB/s); their low
/// bits are the offset. A record that does not fit before the end of the block starts at its front,
/// and a header of all ones where it would have stood says so.
///
/// Who writes what, and why the other side may trust it:
///
/// | word | written by | order |
/// | --- | --- | --- |
/// | tail | producer | released after the record's bytes; acquired before they are read |
/// | head | consumer | released after the record was read; acquired before it is overwritten |
/// | cached head | producer | its own |
///
/// The producer looks at the real head only when the one it remembers leaves no room, so that it
/// seldom fetches the consumer's cache line. The consumer looks at the tail once for all records
/// that it takes.
@safe
package final class ByteRing: @unchecked Sendable {
    // `@unchecked Sendable`: `indices` is atomic; the bytes of `block` between head and tail belong
    // to the consumer, the others to the producer, and the indices hand them over as said above.

    private static let headerBytes = 8
    /// Stands where a record would begin, and says that it begins at the front of the block.
    private static let wrapMarker = UInt64.max

    /// Words of `indices`: the producer's two, then far enough away the consumer's.
    private static let tail = 0
    private static let cachedHead = 1
    private static let head = AtomicWords.apartWords

    private let indices = AtomicWords(count: 2 * AtomicWords.apartWords)
    private let block: Mapping
    private let mask: UInt64

    /// Bytes of the block.
    package let capacity: Int
    /// The longest record that `push` takes: half the block less a header, so that it fits into an
    /// empty ring wherever the ring's end happens to be.
    package let maximumRecordBytes: Int

    /// - Parameter capacity: bytes wanted; rounded up to a power of two, and to a page of 4096. A
    ///   record takes 8 bytes more than its length, rounded up to a multiple of 8, and the end of
    ///   the block may leave one record's room unused.
    package init(capacity wanted: Int) {
        precondition(wanted >= 0 && wanted <= 1 << 40, "a ring's capacity is at most 1 TiB")
        var capacity = 4096
        while capacity < wanted { capacity *= 2 }
        block = Mapping(lengthBytes: capacity)
        self.capacity = capacity
        mask = UInt64(capacity) - 1
        maximumRecordBytes = capacity / 2 - Self.headerBytes
    }

    // MARK: The producer's side

    /// Appends a record of at most `maximum` bytes, which `fill` writes in place; it returns how
    /// many it wrote. The memory it gets holds whatever an earlier record left there.
    ///
    /// - Parameter reserve: bytes that must be free behind the record: room for what matters more.
    /// - Precondition: called by the producer only, and not from within `fill`; `maximum` is at
    ///   most ``maximumRecordBytes``, `reserve` at most ``capacity``.
    /// - Returns: false if the ring has no room now; then `fill` has not been called.
    package func push(
        maximum: Int, leaving reserve: Int = 0, _ fill: (UnsafeMutableRawBufferPointer) -> Int
    ) -> Bool {
        precondition(maximum >= 0 && maximum <= maximumRecordBytes, "a record fits its ring")
        precondition(reserve >= 0 && reserve <= capacity, "a reserve is a part of the ring")
        let needed = Self.headerBytes + Self.padded(maximum)
        guard let start = room(for: needed, leaving: reserve) else { return false }
        let offset = Int(start & mask)
        let written = unsafe fill(
            UnsafeMutableRawBufferPointer(
                start: block.base + offset + Self.headerBytes, count: maximum))
        precondition(written >= 0 && written <= maximum, "wrote past the room that was offered")
        unsafe block.base.storeBytes(of: UInt64(written), toByteOffset: offset, as: UInt64.self)
        // Released: a consumer that sees this tail sees the header and the bytes under it.
        let end = start + UInt64(Self.headerBytes + Self.padded(written))
        indices.store(releasing: end, at: Self.tail)
        return true
    }

    /// Appends a copy of `record`; false if the ring has no room now. As
    /// ``push(maximum:leaving:_:)``.
    package func push(_ record: RawSpan, leaving reserve: Int = 0) -> Bool {
        unsafe push(maximum: record.byteCount, leaving: reserve) { room in
            unsafe record.withUnsafeBytes { unsafe room.copyMemory(from: $0) }
            return record.byteCount
        }
    }

    /// Where a record of `needed` bytes, header included, goes; nil if it does not fit now.
    private func room(for needed: Int, leaving reserve: Int) -> UInt64? {
        let tail = indices.relaxed(Self.tail)  // The producer's own word: it knows it already.
        let contiguous = capacity - Int(tail & mask)
        let skipped = needed > contiguous ? contiguous : 0
        let end = tail + UInt64(skipped + needed)
        let wanted = end + UInt64(reserve)
        if wanted - indices.relaxed(Self.cachedHead) > UInt64(capacity) {
            // Acquired: what the consumer released with this head it has finished reading, so
            // that the record may overwrite it.
            let head = indices.acquiring(Self.head)
            indices.store(relaxed: head, at: Self.cachedHead)
            if wanted - head > UInt64(capacity) { return nil }
        }
        if skipped == 0 { return tail }
        // Not visible before the record is: the tail passes both at once. At least a header's
        // room is left here, because everything is a multiple of 8.
        unsafe block.base.storeBytes(
            of: Self.wrapMarker, toByteOffset: Int(tail & mask), as: UInt64.self)
        return tail + UInt64(skipped)
    }

    // MARK: The consumer's side

    /// Takes the oldest record: `body` reads it in place, then its room is free again.
    ///
    /// - Precondition: called by the consumer only, and not from within `body`.
    /// - Returns: false if the ring is empty; then `body` has not been called.
    @discardableResult
    package func pop(_ body: (RawSpan) -> Void) -> Bool {
        let taken = drain(limit: 1) { record in
            body(record)
            return false
        }
        return taken == 1
    }

    /// Takes up to `limit` records, oldest first: with one look at the tail, and one release of
    /// their room for all of them. So until it returns, what it took still fills the ring.
    ///
    /// - Parameter body: reads a record in place, and says whether to go on with the next. The
    ///   record it was given is taken in either case.
    /// - Precondition: called by the consumer only, and not from within `body`.
    /// - Returns: how many records were taken.
    @discardableResult
    package func drain(limit: Int = .max, _ body: (RawSpan) -> Bool) -> Int {
        let first = indices.relaxed(Self.head)  // The consumer's own word.
        // Acquired: the records before this tail are visible after it.
        let tail = indices.acquiring(Self.tail)
        var position = first
        var taken = 0
        var goesOn = true
        while goesOn, position != tail, taken < limit {
            let record = locate(position)
            let start = unsafe block.base + record.start
            goesOn = body(unsafe RawSpan(_unsafeStart: start, byteCount: record.length))
            position = record.end
            taken += 1
        }
        // Released: a producer that sees this head may overwrite what `body` has read.
        if taken > 0 { indices.store(releasing: position, at: Self.head) }
        return taken
    }

    /// Shows up to `limit` records, oldest first, and leaves them where they are: to fetch what
    /// reading them later will need.
    ///
    /// - Precondition: called by the consumer only, and not from within `body`.
    package func peek(limit: Int, _ body: (RawSpan) -> Void) {
        var position = indices.relaxed(Self.head)  // The consumer's own word.
        // Acquired: the records before this tail are visible after it.
        let tail = indices.acquiring(Self.tail)
        var shown = 0
        while position != tail, shown < limit {
            let record = locate(position)
            let start = unsafe block.base + record.start
            body(unsafe RawSpan(_unsafeStart: start, byteCount: record.length))
            position = record.end
            shown += 1
        }
    }

    // MARK: Places in the stream of records

    /// Bytes written since the start: where the last record ends.
    /// - Precondition: called by the producer only.
    package var written: UInt64 { indices.relaxed(Self.tail) }

    /// Bytes read since the start, at least: a record has been taken where this is no less than
    /// what ``written`` was behind it. Any thread may ask. For the consumer it is exact, but for
    /// what it is draining.
    package var read: UInt64 { indices.acquiring(Self.head) }

    /// Whether there was nothing to take when it was asked. Any thread may ask, for it changes
    /// nothing; for the consumer a false stays true until it takes something.
    package var isEmpty: Bool {
        // Head first: a tail read after it is at least as new, and so never behind it.
        let head = indices.acquiring(Self.head)
        return indices.acquiring(Self.tail) == head
    }

    /// The record at a position that is before the tail: where its bytes lie in the block, and the
    /// position of the next one.
    private func locate(_ position: UInt64) -> (start: Int, length: Int, end: UInt64) {
        var position = position
        if header(at: position) == Self.wrapMarker {
            position += UInt64(capacity) - (position & mask)
        }
        let length = header(at: position)
        precondition(length <= UInt64(maximumRecordBytes), "a ring holds its records")
        return (
            Int(position & mask) + Self.headerBytes, Int(length),
            position + UInt64(Self.headerBytes + Self.padded(Int(length)))
        )
    }

    private func header(at position: UInt64) -> UInt64 {
        unsafe block.base.load(fromByteOffset: Int(position & mask), as: UInt64.self)
    }

    private static func padded(_ length: Int) -> Int {
        (length + 7) & ~7
    }
}

extension ByteRing {
    /// Bytes taken by records that wait, headers and padding included: a depth to watch, for any
    /// thread. The two words are read one after the other, so it is exact only when nobody moves.
    package var occupiedBytes: Int {
        // Head first, acquired: the tail read after it is at least as new, so never behind it.
        let head = indices.acquiring(Self.head)
        return min(Int(indices.acquiring(Self.tail) - head), capacity)
    }
}
