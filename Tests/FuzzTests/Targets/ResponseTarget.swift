import Bytes

@testable import Wire

/// What a server sends to a client of ours, up to the end of its first answer.
///
/// - Every split of the input says the same as the whole, also where what has been read is dropped.
/// - An answer that is taken is one by a second, plainer reading of the rules (``ResponseModel``):
///   the parser may refuse more than the model, never take what the model does not.
/// - The reader of whole answers agrees with the one that reads as they come.
enum ResponseTarget {
    private static let limits = [
        ResponseLimits(),
        // Limits that short inputs reach.
        ResponseLimits(
            headBytes: 120, fieldCount: 4, bodyBytes: 24, chunkExtensionBytes: 8,
            interimAnswers: 1),
    ]

    @Sendable static func run(_ input: [UInt8]) throws {
        for limits in limits {
            for isEnded in [false, true] { try check(input, limits, isEnded: isEnded) }
        }
    }

    private static func check(
        _ input: [UInt8], _ limits: ResponseLimits, isEnded: Bool
    ) throws {
        func read(_ ends: [Int], drops: Bool) -> ReadResponse {
            ReadResponse(input, ends: ends, isEnded: isEnded, drops: drops, limits)
        }
        let whole = read([input.count], drops: false)
        let choice = fingerprint(input)
        let split = Int(choice % UInt64(input.count + 1))
        for drops in [false, true] {
            let byteByByte = read(Array(0...input.count), drops: drops)
            try require(byteByByte == whole, "byte by byte: \(byteByByte), whole: \(whole)")
            let inTwo = read([split, input.count], drops: drops)
            try require(inTwo == whole, "split at \(split): \(inTwo), whole: \(whole)")
        }
        if whole.ending == .complete {
            let model = ResponseModel.read(input)
            try require(
                model.map { $0.status == whole.status && $0.body == whole.body } ?? false,
                "taken as \(whole), the model says \(model as Any)")
        }
        guard !isEnded else { return }
        switch input.withBytes({ WholeResponse.read($0, limits: limits) }) {
        case .complete(let answer):
            try require(whole.ending == .complete, "whole, and not as it comes")
            try require(
                answer.status == whole.status && answer.end == whole.consumed
                    && answer.closes == whole.closes, "\(answer), as it comes \(whole)")
        case .incomplete: try require(whole.ending == .needMore, "incomplete, and \(whole.ending)")
        case .malformed: try require(whole.ending != .complete, "malformed, and complete")
        }
    }
}

/// Everything that a parser says about an input, copied out.
struct ReadResponse: Equatable {
    var ending = ResponseStep.needMore
    var status = 0
    var body: [UInt8] = []
    var closes = false
    var retryAfterSeconds: Int?
    var contentType: [UInt8]?
    var date: [UInt8]?
    var consumed = 0

    init(
        _ input: [UInt8], ends: [Int], isEnded: Bool, drops: Bool, _ limits: ResponseLimits
    ) {
        var parser = ResponseParser(limits: limits)
        var dropped = 0
        for end in ends where ending == .needMore {
            read(Array(input[dropped..<end]), &parser)
            consumed = dropped + parser.position
            guard drops else { continue }
            dropped += parser.droppable
            parser.dropped(parser.droppable)
        }
        if isEnded, ending == .needMore { ending = parser.streamEnded() }
        // Of what is not taken, only that counts, and why: pieces end where the input's do.
        if ending != .complete {
            let kept = ending
            self = ReadResponse(ending: kept)
        }
    }

    private init(ending: ResponseStep) { self.ending = ending }

    private mutating func read(_ bytes: [UInt8], _ parser: inout ResponseParser) {
        while true {
            ending = bytes.withBytes { parser.next($0) }
            switch ending {
            case .head:
                status = parser.status
                closes = parser.closes
                retryAfterSeconds = parser.retryAfterSeconds
                contentType = parser.contentType.map { Array(bytes[$0.range]) }
                date = parser.date.map { Array(bytes[$0.range]) }
            case .body(let range): body += bytes[range]
            case .needMore, .complete, .failed: return
            }
        }
    }
}
