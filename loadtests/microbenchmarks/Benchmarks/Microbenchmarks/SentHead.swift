import Bytes
import Robots
import Wire

/// A request that came, as its worker has it.
final class SentHead {
    private var inbox: ByteBuffer
    private let parser: RequestParser
    /// Where the language's number is, eight digits of ``browserRequest(language:)``; nil without.
    private let number: Int?

    init(_ text: String) throws {
        var inbox = ByteBuffer.of(text)
        var parser = RequestParser(limits: .entry)
        var bytes = inbox.mutableBytes
        guard parser.parse(&bytes) == .complete else { throw Wrong(description: "no request") }
        number = text.utf8.firstRange(of: Self.zeros.utf8).map {
            text.utf8.distance(from: text.utf8.startIndex, to: $0.lowerBound)
        }
        self.inbox = inbox
        self.parser = parser
    }

    /// A language that can be numbered.
    static let zeros = "00000000"

    /// Makes it the head of one person alone, where its language can be numbered.
    func becomeAnother(_ number: UInt64) {
        guard let place = self.number else { return }
        // Eight digits, of four bits each.
        var digits: UInt64 = 0
        for digit in 0..<8 { digits |= (0x61 + number >> (4 * digit) & 15) << (8 * digit) }
        inbox.overwrite(littleEndian: digits, at: place)
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
        by detector: borrowing RobotDetector, remembering memory: inout HeadMemory
    ) -> RobotJudgement {
        Self.judge(inbox, parser, detector, &memory)
    }

    /// What a worker does.
    @inline(never)
    private static func judge(
        _ inbox: borrowing ByteBuffer, _ parser: borrowing RequestParser,
        _ detector: borrowing RobotDetector, _ memory: inout HeadMemory
    ) -> RobotJudgement {
        let traits = RequestTraits(
            isPost: parser.method == .post, isJSON: true, isHTTP10: parser.minorVersion == 0)
        return detector.judge(
            inbox.bytes, parser.sentFields, traits, over: .tls13,
            remembering: &memory)
    }
}
