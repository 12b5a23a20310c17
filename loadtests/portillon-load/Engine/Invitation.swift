import Foundation
import Wire

/// What an answer that says to wait gives to come back with.
struct Invitation {
    var ticket: String?
    /// After how many seconds to come back, with their fraction; nil where it does not say.
    var retrySeconds: Double?
    /// How long it will take at most, from now; nil where it does not say.
    var estimateNanoseconds: UInt64?

    init(in body: RawSpan) {
        var document = JSONDocument(nodeCapacity: 32)
        guard document.parse(body) == nil else { return }
        func text(_ name: StaticString) -> String? {
            document.member(name, of: 0, in: body)
                .flatMap { document.text(document.node($0), from: body) }
        }
        ticket = text("ticket")
        retrySeconds = document.member("retry_after", of: 0, in: body)
            .flatMap { document.double(document.node($0), from: body) }
            .flatMap { (0...86_400).contains($0) ? $0 : nil }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        // A time that is none is no estimate.
        guard let at = text("estimated_at").flatMap({ try? style.parse($0) }) else { return }
        estimateNanoseconds = UInt64(max(at.timeIntervalSinceNow, 0) * 1e9)
    }
}
