package import Bytes
package import Sockets

/// What is to go over a link.
package struct LinkOutbox: ~Copyable {
    /// What is appended here goes with the next ``flush(to:)``.
    package var bytes = ByteBuffer(capacity: 4 << 10)
    /// How much of it has gone.
    private var sent = 0

    package init() {}

    /// Whether everything has gone.
    package var isEmpty: Bool { bytes.count == 0 }

    /// Sends as much as the kernel takes.
    /// - Returns: whether the connection is still there.
    package mutating func flush(to connection: Connection) -> Bool {
        while sent < bytes.count {
            guard let count = connection.send(bytes.bytes.extracting(sent..<bytes.count)) else {
                return false
            }
            if count == 0 { return true }
            sent += count
        }
        bytes.removeAll()
        sent = 0
        return true
    }
}
