internal import Bytes

/// One member of the cluster (`Member`).
package struct EtcdMember: Equatable, Sendable {
    package var identifier: UInt64 = 0
    /// Empty until the member has started.
    package var name = ""
    package var clientURLs: [String] = []
    /// It does not vote.
    package var isLearner = false

    init(_ bytes: RawSpan, _ range: Range<Int>) throws(ProtobufError) {
        var reader = ProtobufReader(range)
        while let field = try reader.next(in: bytes) {
            switch field.number {
            case 1: identifier = try field.number64()
            case 2: name = try field.text(in: bytes, maximumBytes: EtcdLimits.textBytes)
            case 4:
                guard clientURLs.count < EtcdLimits.texts else { throw .tooMany }
                clientURLs.append(try field.text(in: bytes, maximumBytes: EtcdLimits.textBytes))
            case 5: isLearner = try field.flag()
            default: break
            }
        }
    }

    /// All members (`MemberListResponse`).
    package static func list(_ bytes: RawSpan) throws(ProtobufError) -> [EtcdMember] {
        var members: [EtcdMember] = []
        var reader = ProtobufReader(0..<bytes.byteCount)
        while let field = try reader.next(in: bytes) {
            guard field.number == 2 else { continue }
            guard members.count < EtcdLimits.members else { throw .tooMany }
            members.append(try EtcdMember(bytes, field.range()))
        }
        return members
    }
}
