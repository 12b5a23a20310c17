import Bytes
import Cluster

/// The messages of etcd that the log reads: any bytes are refused, or say the same twice, with
/// keys and values within the bytes. The first byte chooses the message.
enum EtcdTarget {
    @Sendable static func run(_ input: [UInt8]) throws {
        guard let first = input.first else { return }
        let bytes = Array(input.dropFirst())
        switch first % 4 {
        case 0: try checkTransaction(bytes)
        case 1: try checkTwice(bytes) { bytes throws(ProtobufError) in try EtcdStatus(bytes) }
        case 2: try checkTwice(bytes) { bytes throws(ProtobufError) in try EtcdMember.list(bytes) }
        default: try checkOwner(String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func checkTransaction(_ bytes: [UInt8]) throws {
        let read = { (bytes: RawSpan) throws(ProtobufError) in try EtcdTransactionAnswer(bytes) }
        guard let answer = try checkTwice(bytes, read) else { return }
        try require(answer.revision >= 0, "a negative revision")
        for keyValue in answer.ranges.compactMap({ $0 }).flatMap(\.keyValues) {
            try require(keyValue.key.upperBound <= bytes.count, "a key outside of the bytes")
            try require(keyValue.value.upperBound <= bytes.count, "a value outside of the bytes")
            try require(keyValue.modRevision >= 0, "a negative revision")
        }
    }

    @discardableResult private static func checkTwice<Message: Equatable>(
        _ bytes: [UInt8], _ read: (RawSpan) throws(ProtobufError) -> Message
    ) throws -> Message? {
        let found = message(bytes, read)
        try require(found == message(bytes, read), "two messages in the same bytes")
        return found
    }

    /// - Returns: nil where the bytes are none.
    private static func message<Message>(
        _ bytes: [UInt8], _ read: (RawSpan) throws(ProtobufError) -> Message
    ) -> Message? {
        do throws(ProtobufError) {
            return try unsafe read(bytes.span.bytes)
        } catch {
            return nil
        }
    }

    private static func checkOwner(_ text: String) throws {
        guard let owner = LogOwner(text: text) else { return }
        try require(owner.text == text, "an owner is written otherwise than it was read")
    }
}
