internal import Bytes

/// What a get found (`RangeResponse`).
package struct EtcdRange: Equatable, Sendable {
    package var keyValues: [EtcdKeyValue] = []
    /// There are more keys than were asked for at once.
    package var hasMore = false

    package init(_ bytes: RawSpan, _ range: Range<Int>) throws(ProtobufError) {
        var reader = ProtobufReader(range)
        while let field = try reader.next(in: bytes) {
            switch field.number {
            case 2:
                guard keyValues.count < EtcdLimits.keyValues else { throw .tooMany }
                keyValues.append(try EtcdKeyValue(bytes, field.range()))
            case 3: hasMore = try field.flag()
            default: break
            }
        }
    }
}
