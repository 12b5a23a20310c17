internal import Bytes

/// What a member says of itself (`StatusResponse`).
package struct EtcdStatus: Equatable, Sendable {
    package var cluster: UInt64 = 0
    /// The member that answers, and the one that leads; 0 where none is known.
    package var member: UInt64 = 0
    package var leader: UInt64 = 0
    package var version = ""
    /// Bytes of the database file, and those of it that are in use.
    package var databaseBytes: Int64 = 0
    package var usedBytes: Int64 = 0
    package var raftIndex: UInt64 = 0
    package var raftTerm: UInt64 = 0
    package var isLearner = false
    /// Alarms, as `memberID:1 alarm:NOSPACE`.
    package var alarms: [String] = []

    package init(_ bytes: RawSpan) throws(ProtobufError) {
        var reader = ProtobufReader(0..<bytes.byteCount)
        while let field = try reader.next(in: bytes) {
            switch field.number {
            case 1: try readHeader(bytes, field.range())
            case 2: version = try field.text(in: bytes, maximumBytes: EtcdLimits.textBytes)
            case 3: databaseBytes = try field.count()
            case 4: leader = try field.number64()
            case 5: raftIndex = try field.number64()
            case 6: raftTerm = try field.number64()
            case 8:
                guard alarms.count < EtcdLimits.texts else { throw .tooMany }
                alarms.append(try field.text(in: bytes, maximumBytes: EtcdLimits.textBytes))
            case 9: usedBytes = try field.count()
            case 10: isLearner = try field.flag()
            default: break
            }
        }
    }

    private mutating func readHeader(
        _ bytes: RawSpan, _ range: Range<Int>
    ) throws(ProtobufError) {
        var reader = ProtobufReader(range)
        while let field = try reader.next(in: bytes) {
            switch field.number {
            case 1: cluster = try field.number64()
            case 2: member = try field.number64()
            default: break
            }
        }
    }
}
