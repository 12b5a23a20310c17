package import Bytes

/// Gives the bytes of a snapshot back, in order.
package protocol SnapshotSource: AnyObject {
    /// Bytes that are left.
    var remaining: Int { get }
    /// Fills all of the span with the next bytes.
    /// - Throws: ``SnapshotError/endOfBytes`` where there are fewer.
    func read(into bytes: inout MutableRawSpan) throws
}

/// Reads what a ``SnapshotWriter`` wrote. The bytes come from a disk: every length is checked.
package struct SnapshotReader: ~Copyable {
    private let source: any SnapshotSource

    package init(from source: any SnapshotSource) {
        self.source = source
    }

    package mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self
    ) throws -> Value {
        var buffer = ByteBuffer(capacity: Value.bitWidth / 8)
        buffer.append(zeros: Value.bitWidth / 8)
        var bytes = buffer.mutableBytes
        try source.read(into: &bytes)
        var reader = ByteReader(buffer.bytes)
        return try reader.read()
    }

    /// Reads a number of bytes or elements; negative and enormous ones are refused.
    package mutating func readCount() throws -> Int {
        let count: UInt64 = try read()
        guard count <= UInt64(source.remaining) else { throw SnapshotError.endOfBytes }
        return Int(count)
    }

    /// - Throws: ``SnapshotError/endOfBytes`` where fewer bytes are left.
    package func requireBytes(_ count: Int) throws(SnapshotError) {
        guard count <= source.remaining else { throw .endOfBytes }
    }

    /// Fills the span with the next bytes.
    package mutating func fill(_ bytes: inout MutableRawSpan) throws {
        try requireBytes(bytes.byteCount)
        try source.read(into: &bytes)
    }

    /// Reads what ``SnapshotWriter/writeCounted(_:)`` wrote.
    package mutating func readCounted() throws -> ByteBuffer {
        try readBytes(try readCount())
    }

    /// Reads so many bytes.
    package mutating func readBytes(_ count: Int) throws -> ByteBuffer {
        try requireBytes(count)
        var buffer = ByteBuffer(capacity: count)
        buffer.append(zeros: count)
        var bytes = buffer.mutableBytes
        try source.read(into: &bytes)
        return buffer
    }

    package var isAtEnd: Bool { source.remaining == 0 }
}

/// Why a snapshot cannot be used.
package enum SnapshotError: Error, Equatable {
    /// Fewer bytes are left than a value takes.
    case endOfBytes
    /// Something that no writer of this version writes.
    case malformed(String)
    /// The system, or a limit, gives less memory than the tables take.
    case noMemory
    /// The bytes are not those that were written.
    case damaged(String)
    /// It was written whole, in a format that this version does not read.
    case unsupportedVersion(UInt32, known: UInt32)
}

extension SnapshotError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .endOfBytes: "cannot be decoded: it ends too early"
        case .malformed(let found): "cannot be decoded: \(found)"
        case .noMemory: "does not fit in memory"
        case .damaged(let found): "is damaged: \(found)"
        case .unsupportedVersion(let version, let known):
            "has format version \(version), and this version reads \(known)"
        }
    }
}
