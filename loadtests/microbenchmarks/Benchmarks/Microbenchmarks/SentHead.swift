import Bytes
import Robots
import Wire

/// A request that came, as its worker has it.
final class SentHead {
    private let inbox: ByteBuffer
    private let parser: RequestParser

    init(_ text: String) throws {
        var inbox = ByteBuffer.of(text)
        var parser = RequestParser(limits: .entry)
        var bytes = inbox.mutableBytes
        guard parser.parse(&bytes) == .complete else { throw Wrong(description: "no request") }
        self.inbox = inbox
        self.parser = parser
    }

    /// Whether it came with a permit: then it is not judged.
    var hasPermit: Bool { parser[.portillonPermit] != nil }

    /// The permit that it came with, read and not verified.
    func permit(_ scratch: inout ByteBuffer) -> PermitToken? {
        Self.permit(inbox, parser, &scratch)
    }

    private static func permit(
        _ inbox: borrowing ByteBuffer, _ parser: borrowing RequestParser,
        _ scratch: inout ByteBuffer
    ) -> PermitToken? {
        guard let range = parser[.portillonPermit] else { return nil }
        return PermitToken(text: inbox.bytes.extracting(range.range), scratch: &scratch)
    }

    func judge(
        by detector: borrowing RobotDetector, remembering browsers: inout BrowserMemory
    ) -> RobotVerdict {
        Self.judge(inbox, parser, detector, &browsers)
    }

    /// What a worker does: the parser's fields into an array of its own, then one call.
    @inline(never)
    private static func judge(
        _ inbox: borrowing ByteBuffer, _ parser: borrowing RequestParser,
        _ detector: borrowing RobotDetector, _ browsers: inout BrowserMemory
    ) -> RobotVerdict {
        let fields = parser.fields
        var ranges = InlineArray<64, HeaderRange>(
            repeating: HeaderRange(nameStart: 0, nameCount: 0, valueStart: 0, valueCount: 0))
        let count = parser.fieldCount
        for index in 0..<count {
            let field = fields[index]
            ranges[index] = HeaderRange(
                nameStart: field.nameStart, nameCount: UInt16(field.nameCount),
                valueStart: field.valueStart, valueCount: field.valueCount)
        }
        let traits = RequestTraits(
            isPost: parser.method == .post, isJSON: true, isHTTP10: parser.minorVersion == 0)
        return detector.judge(
            inbox.bytes, ranges.span.extracting(0..<count), traits, over: .tls13,
            remembering: &browsers)
    }
}
