internal import Bytes
package import Sockets

/// What has come over a link and is not read yet.
package struct LinkInbox: ~Copyable {
    private var bytes = ByteBuffer(capacity: 4 << 10)

    /// What one read takes at most.
    private static var readBytes: Int { 64 << 10 }

    package init() {}

    /// Reads what a connection has, as far as one read takes it.
    package mutating func receive(from connection: Connection) -> ReceiveResult {
        connection.receive(into: &bytes, maximum: Self.readBytes)
    }

    /// Appends what came otherwise.
    package mutating func append(_ span: RawSpan) { bytes.append(span) }

    /// Reads all that is there, in order; a part of a message stays.
    /// - Parameter body: gets a message, and of a frame what follows its head.
    /// - Throws: where the bytes are no message, or `body` says so. Nothing more can be read then.
    package mutating func drain(
        _ body: (LinkMessage, RawSpan) throws(LinkFrame.Fault) -> Void
    ) throws(LinkFrame.Fault) {
        var start = 0
        while true {
            let rest = bytes.bytes.extracting(start..<bytes.count)
            guard let (message, count) = try LinkMessage.first(in: rest) else { break }
            let head = if case .frame = message { EntryFrame.headBytes } else { count }
            try body(message, rest.extracting(head..<count))
            start += count
        }
        if start > 0 { bytes.removeFirst(start) }
    }
}
