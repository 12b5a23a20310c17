package import Bytes
internal import Glibc

/// Bytes looked at before they are read: what precedes a connection's own, as a PROXY header does.
extension Connection {
    /// Copies what waits in the kernel, up to `maximum` bytes from the first that was not read,
    /// behind what `buffer` holds. It goes on waiting.
    package func peek(into buffer: inout ByteBuffer, maximum: Int) -> ReceiveResult {
        receive(into: &buffer, maximum: maximum, flags: Int32(MSG_PEEK))
    }

    /// Reads bytes that were seen by ``peek(into:maximum:)``, and throws them away.
    /// - Returns: whether it was as many; they were there, so anything else is a broken connection.
    package func discard(_ count: Int) -> Bool {
        // The kernel copies nothing for MSG_TRUNC on a TCP socket, and needs no room.
        recv(descriptor, nil, count, Int32(MSG_TRUNC)) == count
    }
}
