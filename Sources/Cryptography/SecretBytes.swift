internal import COpenSSL

/// Secret bytes in memory of their own: wiped when they go, and wherever they are moved away from.
///
/// Descriptions and reflection show nothing of them, and they are not copied by assignment.
@safe
package struct SecretBytes: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: the memory has this one owner, and moves with it between threads.

    /// Owned; wiped and freed by `deinit`.
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    /// Bytes held.
    package private(set) var count = 0

    /// - Parameter capacity: bytes to hold without moving; at least 1 is allocated.
    package init(capacity: Int) {
        precondition(capacity >= 0, "a capacity is not negative")
        self.capacity = max(capacity, 1)
        unsafe base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit {
        unsafe OPENSSL_cleanse(base, count)
        unsafe base.deallocate()
    }

    /// What is held, in order.
    package var bytes: RawSpan {
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

    /// Appends a copy of the bytes.
    package mutating func append(_ bytes: RawSpan) {
        unsafe append(bytes.byteCount) { room in
            unsafe bytes.withUnsafeBytes { unsafe room.copyMemory(from: $0) }
        }
    }

    /// Appends zeros: room for keys that are derived in place.
    package mutating func append(zeros length: Int) {
        unsafe append(length) { room in
            unsafe room.initializeMemory(as: UInt8.self, repeating: 0)
        }
    }

    /// Appends an integer's bytes, least significant first.
    package mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(
        littleEndian value: Value
    ) {
        unsafe append(Value.bitWidth / 8) { room in
            unsafe room.storeBytes(of: value.littleEndian, as: Value.self)
        }
    }

    /// Lets `fill` write `length` bytes behind what is held.
    mutating func append(_ length: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
        reserve(length)
        unsafe fill(UnsafeMutableRawBufferPointer(start: base + count, count: length))
        count += length
    }

    /// Wipes everything held; keeps the memory.
    package mutating func removeAll() {
        unsafe OPENSSL_cleanse(base, count)
        count = 0
    }

    /// Makes room for `additional` bytes more; where they move, the old place is wiped.
    package mutating func reserve(_ additional: Int) {
        precondition(additional >= 0, "appends no less than nothing")
        let needed = count + additional
        if needed <= capacity { return }
        capacity = max(needed, capacity * 2)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        unsafe larger.copyMemory(from: base, byteCount: count)
        unsafe OPENSSL_cleanse(base, count)
        unsafe base.deallocate()
        unsafe base = larger
    }
}
