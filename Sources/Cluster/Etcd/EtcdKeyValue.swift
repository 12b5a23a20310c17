internal import Bytes

/// One key of etcd's store, as ranges of the answer that holds it (`mvccpb.KeyValue`).
package struct EtcdKeyValue: Equatable, Sendable {
    package var key: Range<Int> = 0..<0
    package var value: Range<Int> = 0..<0
    package var createRevision: Int64 = 0
    package var modRevision: Int64 = 0

    init(_ bytes: RawSpan, _ range: Range<Int>) throws(ProtobufError) {
        var reader = ProtobufReader(range)
        while let field = try reader.next(in: bytes) {
            switch field.number {
            case 1: key = try field.range()
            case 2: createRevision = try field.count()
            case 3: modRevision = try field.count()
            case 5: value = try field.range()
            default: break
            }
        }
    }
}
