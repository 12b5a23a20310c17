import Foundation
import Wire

/// What an answer that says to wait gives to come back with.
struct Invitation {
    var ticket: String?
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
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        // A time that is none is no estimate.
        guard let at = text("estimated_at").flatMap({ try? style.parse($0) }) else { return }
        estimateNanoseconds = UInt64(max(at.timeIntervalSinceNow, 0) * 1e9)
    }
}
