package import Bytes
internal import COpenSSL

/// The cryptographic random generator: OpenSSL's, in user space, seeded by the kernel.
package enum Random {
    /// Overwrites the bytes with random ones.
    package static func fill(_ bytes: inout MutableRawSpan) {
        unsafe bytes.withUnsafeMutableBytes { unsafe fill($0) }
    }

    /// Appends `count` random bytes.
    /// - Precondition: `count` is not negative.
    package static func append(_ count: Int, to buffer: inout ByteBuffer) {
        unsafe buffer.append(maximum: count) { room in
            unsafe fill(room)
            return count
        }
    }

    /// 64 random bits.
    package static func word() -> UInt64 {
        var value: UInt64 = 0
        unsafe withUnsafeMutableBytes(of: &value) { unsafe fill($0) }
        return value
    }

    /// - Important: a generator that fails stops the process: going on with what it left there
    ///   would give predictable keys and repeated nonces.
    static func fill(_ room: UnsafeMutableRawBufferPointer) {
        if unsafe room.isEmpty { return }
        let start = unsafe room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        precondition(room.count <= Int(Int32.max), "asks for at most 2 GiB of randomness at once")
        let done = unsafe RAND_bytes(start, Int32(room.count))
        guard done == 1 else {
            preconditionFailure("the system gives no random bytes: cannot go on")
        }
    }
}
