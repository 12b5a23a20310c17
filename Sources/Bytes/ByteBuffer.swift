/// Bytes in memory of our own: what is built before it is written, or gathered before it is read.
///
/// The storage is unsafe and stays inside; what leaves is a span. Appending past the capacity
/// grows the storage by doubling, so a buffer that is created large enough never allocates again.
///
/// What is small is inlined into other modules, which takes `@usableFromInline` on the type too.
@safe
@usableFromInline
package struct ByteBuffer: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: the storage has this one owner, and moves with it between threads.

    /// The start of the storage; owned, freed by `deinit`, unless it `isLent`.
    @usableFromInline var base: UnsafeMutableRawPointer
    /// Bytes that can be held before the storage grows.
    @usableFromInline package internal(set) var capacity: Int
    /// Bytes held.
    @usableFromInline package internal(set) var count = 0
    /// The storage is somebody else's, for the duration of ``fill(_:with:)``.
    @usableFromInline let isLent: Bool

    /// - Parameter capacity: bytes to hold without growing; at least 1 is allocated.
    package init(capacity: Int) {
        precondition(capacity >= 0, "a buffer's capacity is not negative")
        self.capacity = max(capacity, 1)
        isLent = false
        unsafe base = UnsafeMutableRawPointer.allocate(byteCount: self.capacity, alignment: 16)
    }

    private init(lending room: UnsafeMutableRawBufferPointer, at start: UnsafeMutableRawPointer) {
        unsafe base = start
        capacity = room.count
        isLent = true
    }

    deinit {
        if !isLent { unsafe base.deallocate() }
    }

    /// Lets `write` append to memory of the caller's as to a buffer, so that what is built need not
    /// be copied there.
    /// - Precondition: no more is appended than there is room for.
    /// - Returns: how many bytes were written.
    package static func fill(
        _ room: UnsafeMutableRawBufferPointer, with write: (inout ByteBuffer) -> Void
    ) -> Int {
        guard let start = room.baseAddress else { return 0 }
        var buffer = unsafe ByteBuffer(lending: room, at: start)
        write(&buffer)
        return buffer.count
    }

    /// What is held, in order.
    @inlinable package var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = unsafe RawSpan(_unsafeStart: base, byteCount: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// What is held, open to change in place.
    package var mutableBytes: MutableRawSpan {
        @_lifetime(&self)
        mutating get {
            let span = unsafe MutableRawSpan(_unsafeStart: base, byteCount: count)
            return unsafe _overrideLifetime(span, mutating: &self)
        }
    }

    /// Room left before the storage grows, in bytes.
    package var free: Int { capacity - count }

    // MARK: Appending

    @inlinable package mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @inlinable package mutating func append(_ bytes: RawSpan) {
        let added = bytes.byteCount
        reserve(added)
        unsafe bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe (base + count).copyMemory(from: start, byteCount: added)
        }
        count += added
    }

    @inlinable package mutating func append(_ text: StaticString) {
        precondition(text.hasPointerRepresentation, "a static text is more than one scalar")
        let added = text.utf8CodeUnitCount
        reserve(added)
        unsafe (base + count).copyMemory(from: text.utf8Start, byteCount: added)
        count += added
    }

    package mutating func append(_ text: String) {
        unsafe append(text.utf8Span.span.bytes)
    }

    /// Appends an integer's bytes, least significant first.
    @inlinable package mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(
        littleEndian value: Value
    ) {
        let width = Value.bitWidth / 8
        reserve(width)
        unsafe base.storeBytes(of: value.littleEndian, toByteOffset: count, as: Value.self)
        count += width
    }

    /// Lets `fill` write up to `maximum` bytes behind what is held; it returns how many it wrote.
    ///
    /// This is the one door for code that writes through a pointer: system calls and C libraries.
    package mutating func append<Failure: Error>(
        maximum: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        reserve(maximum)
        let room = unsafe UnsafeMutableRawBufferPointer(start: base + count, count: maximum)
        let written = try unsafe fill(room)
        precondition(written >= 0 && written <= maximum, "wrote past the room that was offered")
        count += written
    }

    // MARK: Changing

    /// Makes room for `additional` bytes more, so that appending them does not allocate.
    @inlinable package mutating func reserve(_ additional: Int) {
        let needed = count + additional
        if needed <= capacity { return }
        grow(to: max(needed, capacity * 2))
    }

    /// Forgets everything held; keeps the storage.
    @inlinable package mutating func removeAll() {
        count = 0
    }

    /// Forgets the first `length` bytes; what follows moves to the front.
    package mutating func removeFirst(_ length: Int) {
        precondition(length >= 0 && length <= count, "removes no more than is held")
        unsafe base.copyMemory(from: base + length, byteCount: count - length)
        count -= length
    }

    /// Keeps the first `length` bytes only.
    package mutating func truncate(to length: Int) {
        precondition(length >= 0 && length <= count, "keeps no more than is held")
        count = length
    }

    /// Overwrites bytes already held, as a length field whose value is known at the end.
    package mutating func overwrite<Value: FixedWidthInteger & BitwiseCopyable>(
        littleEndian value: Value, at offset: Int
    ) {
        precondition(offset >= 0 && offset + Value.bitWidth / 8 <= count, "overwrites what is held")
        unsafe base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
    }

    @usableFromInline mutating func grow(to newCapacity: Int) {
        precondition(!isLent, "no more is appended than the lent room holds")
        let larger = UnsafeMutableRawPointer.allocate(byteCount: newCapacity, alignment: 16)
        unsafe larger.copyMemory(from: base, byteCount: count)
        unsafe base.deallocate()
        unsafe base = larger
        capacity = newCapacity
    }
}

extension ByteBuffer {
    /// What is held as text, with U+FFFD for what is not UTF-8: for messages and tests.
    package var text: String {
        unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
