import Bytes

@testable import Wire

/// Everything that a ``ResponseParser`` says about bytes that come in pieces, copied out, so that
/// two readings can be compared.
struct ParsedResponse: Equatable {
    var status = 0
    var body: [UInt8] = []
    var closes = false
    var retryAfterSeconds: Int?
    var contentType: String?
    var date: String?
    /// `complete`, `failed`, or `needMore` where the bytes end first.
    var ending = ResponseStep.needMore
    /// Bytes of the input up to the answer's end.
    var consumed = 0

    /// - Parameters:
    ///   - ends: the pieces' ends, in order, the last being the input's.
    ///   - isEnded: whether the connection ends behind the input.
    ///   - drops: whether what has been read is dropped after each piece.
    init(
        _ input: [UInt8], ends: [Int], isEnded: Bool = false, drops: Bool = false,
        limits: ResponseLimits = ResponseLimits(), allowsBody: Bool = true
    ) {
        var parser = ResponseParser(limits: limits, allowsBody: allowsBody)
        var dropped = 0
        for end in ends {
            let bytes = Array(input[dropped..<end])
            read(bytes, &parser)
            consumed = dropped + parser.position
            if ending != .needMore { return }
            guard drops else { continue }
            dropped += parser.droppable
            parser.dropped(parser.droppable)
        }
        if isEnded { ending = parser.streamEnded() }
    }

    private mutating func read(_ bytes: [UInt8], _ parser: inout ResponseParser) {
        while true {
            ending = bytes.withBytes { parser.next($0) }
            switch ending {
            case .head:
                status = parser.status
                closes = parser.closes
                retryAfterSeconds = parser.retryAfterSeconds
                contentType = parser.contentType.map {
                    String(decoding: bytes[$0.range], as: UTF8.self)
                }
                date = parser.date.map { String(decoding: bytes[$0.range], as: UTF8.self) }
            case .body(let range): body += bytes[range]
            case .needMore, .complete, .failed: return
            }
        }
    }
}
