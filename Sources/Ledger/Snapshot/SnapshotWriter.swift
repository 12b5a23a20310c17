internal import Bytes

/// Takes the bytes of a snapshot, in order, where they are kept.
package protocol SnapshotSink: AnyObject {
    func write(_ bytes: RawSpan) throws
}

/// Writes a snapshot: numbers in little-endian order, gathered before they go to the sink.
package struct SnapshotWriter: ~Copyable {
    private let sink: any SnapshotSink
    private var buffer = ByteBuffer(capacity: 4096)

    package init(to sink: any SnapshotSink) {
        self.sink = sink
    }

    package mutating func append(_ value: some FixedWidthInteger & BitwiseCopyable) {
        buffer.append(littleEndian: value)
    }

    /// Appends a few bytes, as they are.
    package mutating func append(_ bytes: RawSpan) {
        buffer.append(bytes)
    }

    /// Writes many bytes; how many is to be known to the reader.
    package mutating func write(_ bytes: RawSpan) throws {
        try flush()
        try sink.write(bytes)
    }

    /// Writes bytes behind their number.
    package mutating func writeCounted(_ bytes: RawSpan) throws {
        append(UInt64(bytes.byteCount))
        try write(bytes)
    }

    package mutating func writeCounted(_ bytes: [UInt8]) throws {
        // `unsafe`: the bytes of a span of bytes are all initialised.
        try unsafe writeCounted(bytes.span.bytes)
    }

    /// Hands the sink what was gathered; to be called at the end.
    package mutating func flush() throws {
        if buffer.count > 0 { try sink.write(buffer.bytes) }
        buffer.removeAll()
    }
}
