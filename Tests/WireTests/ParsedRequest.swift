import Bytes

@testable import Wire

/// Everything that a parser says about an input, copied out, so that two parses can be compared.
struct ParsedRequest: Equatable, CustomStringConvertible {
    var step: ParseStep
    var method = HTTPMethod.other
    var methodText = ""
    var path = ""
    var query = ""
    var authority = ""
    var minorVersion: UInt8 = 0
    var fields: [String] = []
    var known: [String] = []
    var body: [UInt8] = []
    var consumedBytes = 0
    var keepAlive = false
    /// What lay behind the message, which the parser must leave alone.
    var rest: [UInt8] = []

    var description: String {
        switch step {
        case .failed(let rejection): "\(rejection.status.code) \(rejection.code)"
        case .needMore: "needs more"
        case .complete: "\(methodText) \(path)?\(query) \(fields) \(body.count) bytes"
        }
    }

    var bodyText: String { String(decoding: body, as: UTF8.self) }

    /// Feeds the first bytes up to each split in turn, then all of them.
    init(_ input: [UInt8], splits: [Int] = [], limits: HTTPLimits = .entry) {
        var parser = RequestParser(limits: limits)
        self.init(input, splits: splits, &parser)
    }

    init(_ input: [UInt8], splits: [Int], _ parser: inout RequestParser) {
        var bytes = input
        step = .needMore
        for end in splits + [input.count] {
            let isHeadCompleteBefore = parser.isHeadComplete
            var span = bytes.mutableSpan
            var raw = unsafe span.mutableBytes
            var part = raw._mutatingExtracting(0..<end)
            step = parser.parse(&part)
            precondition(!isHeadCompleteBefore || parser.isHeadComplete || step != .complete)
            if step != .needMore { break }
        }
        guard step == .complete else { return }
        method = parser.method
        minorVersion = parser.minorVersion
        keepAlive = parser.keepAlive
        consumedBytes = parser.consumedBytes
        methodText = Self.text(bytes, parser.methodRange)
        path = Self.text(bytes, parser.path)
        query = Self.text(bytes, parser.query)
        authority = Self.text(bytes, parser.authority)
        let sent = parser.sentFields
        precondition(sent.count == parser.fieldCount)
        for index in 0..<parser.fieldCount {
            let field = parser.field(at: index)
            precondition(sent[index].name == field.name && sent[index].value == field.value)
            fields.append(Self.text(bytes, field.name) + ": " + Self.text(bytes, field.value))
        }
        for field in KnownField.allCases {
            if let range = parser[field] { known.append("\(field)=" + Self.text(bytes, range)) }
        }
        body = Array(bytes[parser.body.range])
        rest = Array(bytes[consumedBytes...])
    }

    private static func text(_ bytes: [UInt8], _ range: ByteRange) -> String {
        String(decoding: bytes[range.range], as: UTF8.self)
    }
}

extension ParsedRequest {
    init(_ text: String, limits: HTTPLimits = .entry) {
        self.init(Array(text.utf8), limits: limits)
    }

    /// The status that the request is refused with; nil if it is not.
    var status: Int? {
        guard case .failed(let rejection) = step else { return nil }
        return rejection.status.code
    }
}

/// The same text with its lines ended as HTTP ends them, and the empty line behind.
func request(_ lines: String..., body: String = "") -> String {
    lines.joined(separator: "\r\n") + "\r\n\r\n" + body
}
