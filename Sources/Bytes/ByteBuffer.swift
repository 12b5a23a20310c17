/// A growable buffer of bytes, for output before it is written and for input before it is parsed.
///
/// The unsafe storage stays private; spans give access to it. Appending past the capacity doubles
/// the storage, so a buffer that is created large enough never allocates again.
///
/// Small members are inlined into other modules, which requires `@usableFromInline` on the type.
@safe
@usableFromInline
package struct ByteBuffer: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: this value alone owns the storage, which moves with it.

    /// The start of the storage; owned, freed by `deinit`, unless it `isLent`.
    @usableFromInline var base: UnsafeMutableRawPointer
    /// Bytes that fit before the storage grows.
    @usableFromInline package internal(set) var capacity: Int
    /// Bytes held.
    @usableFromInline package internal(set) var count = 0
    /// The storage is somebody else's, for the duration of ``fill(_:with:)``.
    @usableFromInline let isLent: Bool

    /// - Parameter capacity: bytes to allocate, at least 1.
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

    /// The held bytes.
    @inlinable package var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = unsafe RawSpan(_unsafeStart: base, byteCount: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// The held bytes, for changes in place.
    @inlinable package var mutableBytes: MutableRawSpan {
        @_lifetime(&self)
        mutating get {
            let span = unsafe MutableRawSpan(_unsafeStart: base, byteCount: count)
            return unsafe _overrideLifetime(span, mutating: &self)
        }
    }

    /// Bytes that can be appended before the storage grows.
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

    /// Appends up to `maximum` bytes that `fill` writes; `fill` returns their number.
    ///
    /// System calls and C libraries, which write through a pointer, use only this method. Inlined
    /// into other modules, as every generic one: called there it would not be specialised.
    @inlinable package mutating func append<Failure: Error>(
        maximum: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        reserve(maximum)
        let room = unsafe UnsafeMutableRawBufferPointer(start: base + count, count: maximum)
        let written = try unsafe fill(room)
        precondition(written >= 0 && written <= maximum, "wrote past the room that was offered")
        count += written
    }

    // MARK: Changing

    /// Reserves room for `additional` more bytes, so that appending them does not allocate.
    @inlinable package mutating func reserve(_ additional: Int) {
        let needed = count + additional
        if needed <= capacity { return }
        grow(to: max(needed, capacity * 2))
    }

    /// Removes all bytes; keeps the storage.
    @inlinable package mutating func removeAll() {
        count = 0
    }

    /// Removes the first `length` bytes; the rest moves to the front.
    package mutating func removeFirst(_ length: Int) {
        precondition(length >= 0 && length <= count, "removes no more than is held")
        unsafe base.copyMemory(from: base + length, byteCount: count - length)
        count -= length
    }

    /// Keeps only the first `length` bytes.
    package mutating func truncate(to length: Int) {
        precondition(length >= 0 && length <= count, "keeps no more than is held")
        count = length
    }

    /// Overwrites held bytes, such as a length field whose value is known only at the end.
    @inlinable package mutating func overwrite<Value: FixedWidthInteger & BitwiseCopyable>(
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
    /// The held bytes as text, with U+FFFD for invalid UTF-8; for messages and tests.
    package var text: String {
        unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
