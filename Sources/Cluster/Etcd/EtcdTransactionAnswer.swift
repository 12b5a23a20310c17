internal import Bytes

/// What a transaction did (`TxnResponse`).
package struct EtcdTransactionAnswer: Equatable, Sendable {
    /// All compares held.
    package var succeeded = false
    /// The store's revision behind it.
    package var revision: Int64 = 0
    /// What each operation of the branch that was taken answered: gets only, nil for others.
    package var ranges: [EtcdRange?] = []

    package init(_ bytes: RawSpan) throws(ProtobufError) {
        var reader = ProtobufReader(0..<bytes.byteCount)
        while let field = try reader.next(in: bytes) {
            switch field.number {
            case 1: revision = try Self.revision(bytes, field.range())
            case 2: succeeded = try field.flag()
            case 3:
                guard ranges.count < EtcdLimits.responses else { throw .tooMany }
                ranges.append(try Self.operation(bytes, field.range()))
            default: break
            }
        }
    }

    private static func revision(
        _ bytes: RawSpan, _ range: Range<Int>
    ) throws(ProtobufError) -> Int64 {
        var revision: Int64 = 0
        var reader = ProtobufReader(range)
        while let field = try reader.next(in: bytes) {
            if field.number == 3 { revision = try field.count() }
        }
        return revision
    }

    /// `ResponseOp`: one of several kinds, of which a get is the first.
    private static func operation(
        _ bytes: RawSpan, _ range: Range<Int>
    ) throws(ProtobufError) -> EtcdRange? {
        var found: EtcdRange?
        var reader = ProtobufReader(range)
        while let field = try reader.next(in: bytes) {
            if field.number == 1 { found = try EtcdRange(bytes, field.range()) }
        }
        return found
    }
}
