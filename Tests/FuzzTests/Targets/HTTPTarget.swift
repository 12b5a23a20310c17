import Bytes

@testable import Wire

/// What a connection brings, up to the end of its first requests.
///
/// - Every split of the input says the same as the whole.
/// - What lies behind a request is not touched, and a parser that was used says of it what a new
///   one says.
/// - What is taken as a request is one by a second reading of the rules (``HTTPModel``): the parser
///   may refuse more than the model, never take what the model does not.
enum HTTPTarget {
    static let limits = [
        HTTPLimits.entry,
        // Limits that short inputs reach.
        HTTPLimits(
            requestLineBytes: 40, headBytes: 160, fieldCount: 4, bodyBytes: 24,
            chunkExtensionBytes: 8),
    ]

    @Sendable static func run(_ input: [UInt8]) throws {
        for limits in limits {
            try check(input, limits, depth: 0)
        }
    }

    private static func check(_ input: [UInt8], _ limits: HTTPLimits, depth: Int) throws {
        var parser = RequestParser(limits: limits)
        let whole = ReadRequest(input, ends: [input.count], &parser)
        var another = RequestParser(limits: limits)
        let byteByByte = ReadRequest(input, ends: Array(0...input.count), &another)
        try require(byteByByte == whole, "byte by byte: \(byteByByte), whole: \(whole)")
        let choice = fingerprint(input)
        let split = Int(choice % UInt64(input.count + 1))
        let second = split + Int((choice >> 32) % UInt64(input.count - split + 1))
        another = RequestParser(limits: limits)
        let inPieces = ReadRequest(input, ends: [split, second, input.count], &another)
        try require(
            inPieces == whole, "split at \(split) and \(second): \(inPieces), whole: \(whole)")
        guard whole.step == .complete else { return }
        try HTTPModel.check(whole, input, limits)
        let rest = Array(input[whole.consumedBytes...])
        try require(whole.rest == rest, "what lies behind a request was touched")
        parser.reset()
        let next = ReadRequest(rest, ends: [rest.count], &parser)
        another = RequestParser(limits: limits)
        let fresh = ReadRequest(rest, ends: [rest.count], &another)
        try require(next == fresh, "a parser remembers: \(next), a new one: \(fresh)")
        if depth < 2, !rest.isEmpty { try check(rest, limits, depth: depth + 1) }
    }
}

/// Everything that a parser says about an input, copied out, so that two readings can be compared.
struct ReadRequest: Equatable {
    var step = ParseStep.needMore
    var method = HTTPMethod.other
    var methodText: [UInt8] = []
    var path: [UInt8] = []
    var query: [UInt8] = []
    var authority: [UInt8] = []
    var minorVersion: UInt8 = 0
    var names: [[UInt8]] = []
    var values: [[UInt8]] = []
    var known: [[UInt8]?] = []
    var body: [UInt8] = []
    var consumedBytes = 0
    var keepAlive = false
    var rest: [UInt8] = []

    /// Feeds the first bytes up to each end in turn.
    init(_ input: [UInt8], ends: [Int], _ parser: inout RequestParser) {
        var bytes = input
        for end in ends {
            var span = bytes.mutableSpan
            // Unsafe: the bytes of a span of bytes are all initialised, and any is one.
            var raw = unsafe span.mutableBytes
            var part = raw._mutatingExtracting(0..<end)
            step = parser.parse(&part)
            if step != .needMore { break }
        }
        guard step == .complete else { return }
        func text(_ range: ByteRange) -> [UInt8] { Array(bytes[range.range]) }
        method = parser.method
        methodText = text(parser.methodRange)
        path = text(parser.path)
        query = text(parser.query)
        authority = text(parser.authority)
        minorVersion = parser.minorVersion
        for index in 0..<parser.fieldCount {
            names.append(text(parser.field(at: index).name))
            values.append(text(parser.field(at: index).value))
        }
        known = KnownField.allCases.map { parser[$0].map(text) }
        body = text(parser.body)
        consumedBytes = parser.consumedBytes
        keepAlive = parser.keepAlive
        rest = Array(bytes[consumedBytes...])
    }
}
