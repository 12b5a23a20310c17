internal import CLinux
internal import COpenSSL
internal import Glibc

/// How OpenSSL reads and writes a session's socket.
///
/// OpenSSL's own way would do, but for three things: it raises SIGPIPE, its reads are cancellation
/// points, and it does not tell whether a read has emptied the kernel's buffer.
extension TLSSession {
    /// - Returns: a BIO without its state yet; nil where there is no memory.
    static func makeSocketBIO() -> OpaquePointer? {
        guard let bio = unsafe BIO_new(method) else { return nil }
        unsafe BIO_set_init(bio, 1)
        return unsafe bio
    }

    // `nonisolated(unsafe)`: made once, never changed, kept for ever.
    private nonisolated(unsafe) static let method: OpaquePointer? = {
        let type = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK
        let method = unsafe BIO_meth_new(type, "socket of a connection")
        unsafe BIO_meth_set_read_ex(method, read)
        unsafe BIO_meth_set_write_ex(method, write)
        unsafe BIO_meth_set_ctrl(method, control)
        return unsafe method
    }()

    static func state(of bio: OpaquePointer?) -> UnsafeMutablePointer<State>? {
        unsafe BIO_get_data(bio)?.assumingMemoryBound(to: State.self)
    }

    /// What is to be tried again when the socket has something, or has room.
    private static var retryRead: Int32 { BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY }
    private static var retryWrite: Int32 { BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY }
    private static var allRetries: Int32 {
        BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_IO_SPECIAL | BIO_FLAGS_SHOULD_RETRY
    }

    private typealias Read =
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<CChar>?, Int, UnsafeMutablePointer<Int>?
        ) -> Int32
    private typealias Write =
        @convention(c) (
            OpaquePointer?, UnsafePointer<CChar>?, Int, UnsafeMutablePointer<Int>?
        ) -> Int32
    private typealias Control =
        @convention(c) (OpaquePointer?, Int32, Int, UnsafeMutableRawPointer?) -> Int

    private static let read: Read = { bio, room, length, received in
        guard let state = unsafe state(of: bio) else { return 0 }
        unsafe BIO_clear_flags(bio, allRetries)
        // The last read of a handshake may bring what comes behind it as well.
        if unsafe !state.pointee.isEstablished && state.pointee.isTooLong { return 0 }
        let count = unsafe linux_receive(state.pointee.descriptor, room, length, 0)
        unsafe state.pointee.isDrained = count < length
        if count > 0 {
            if unsafe !state.pointee.hasBegun {
                unsafe state.pointee.hasBegun = true
                // A handshake begins with 0x16; with a capital letter begins a method.
                let first = unsafe room.map { unsafe UInt8(bitPattern: $0.pointee) } ?? 0
                if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) {
                    unsafe state.pointee.isPlain = true
                    return 0
                }
            }
            if unsafe !state.pointee.isEstablished { unsafe state.pointee.handshakeBytes += count }
            unsafe received?.pointee = count
            return 1
        }
        if count == 0 {
            unsafe state.pointee.isAtEnd = true
        } else if errno == EAGAIN || errno == EINTR {
            unsafe BIO_set_flags(bio, retryRead)
        }
        return 0
    }

    private static let write: Write = { bio, bytes, length, sent in
        guard let state = unsafe state(of: bio) else { return 0 }
        unsafe BIO_clear_flags(bio, allRetries)
        let count = unsafe linux_send(state.pointee.descriptor, bytes, length)
        if count >= 0 {
            unsafe sent?.pointee = count
            return 1
        }
        if errno == EAGAIN || errno == EINTR { unsafe BIO_set_flags(bio, retryWrite) }
        return 0
    }

    private static let control: Control = { bio, command, _, _ in
        switch command {
        case BIO_CTRL_FLUSH: return 1  // nothing is held back here
        case BIO_CTRL_EOF: return unsafe state(of: bio)?.pointee.isAtEnd == true ? 1 : 0
        default: return 0
        }
    }
}
