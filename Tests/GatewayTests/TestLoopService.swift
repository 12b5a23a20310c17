import Bytes
import Wire

@testable import Gateway

/// A service of a test, which says only what a request that has come whole is answered.
protocol TestLoopService: LoopService, ~Copyable {}

extension TestLoopService where Self: ~Copyable {
    mutating func answerHead(
        _ head: borrowing RequestParser, _ request: RawSpan, from source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Bool { false }

    mutating func answer(_ decided: AnswerEnvelope, _ writer: inout ResponseWriter) {}

    mutating func answerUnknown(_ writer: inout ResponseWriter) {}

    mutating func answer(
        _ answer: ControlAnswer, _ writer: inout ResponseWriter
    ) -> Disposition { writer.write(answer) }

    mutating func apply(_ message: LoopMessage) {}
    mutating func passOn() {}
}
