internal import Availability
internal import Ledger

/// How long what people write may be, in one place: in characters, as JSON Schema counts them
/// (Unicode scalars), and in bytes of UTF-8. What is longer is refused with 422.
///
/// They are checked where a person asks, and not in the fold: a log with longer texts, which
/// ``LedgerLimits`` allow, still replays.
struct TextLimit: Sendable {
    let characters: ClosedRange<Int>
    let bytes: Int

    /// What a person says to a change.
    static let note = TextLimit(characters: 0...500, bytes: LedgerLimits.noteBytes)
    /// What was said between the parties, one exchange.
    static let exchange = TextLimit(
        characters: 1...2_000, bytes: LedgerLimits.exchangeBytes)
    /// What an incident is about.
    static let incidentTitle = TextLimit(characters: 1...200, bytes: Incident.maximumTitleBytes)
    /// Why minutes are corrected.
    static let reason = TextLimit(characters: 1...500, bytes: LedgerLimits.noteBytes)
    /// An operation's title.
    static let title = TextLimit(characters: 1...200, bytes: LedgerLimits.titleBytes)
    /// A client's name, and a token's holder.
    static let name = TextLimit(characters: 1...200, bytes: LedgerLimits.titleBytes)
    /// What the public is told of a suspension.
    static let publicReason = TextLimit(
        characters: 1...200, bytes: LedgerLimits.publicReasonBytes)

    var shape: Shape { .text(characters) }

    /// What a text must be instead; nil where it is within the limit.
    func demand(of text: String) -> String? {
        let count = text.unicodeScalars.count
        if count > characters.upperBound {
            return "Must have at most \(characters.upperBound) characters; it has \(count)."
        }
        if text.utf8.count > bytes {
            return "Must have at most \(bytes) bytes in UTF-8; it has \(text.utf8.count)."
        }
        return nil
    }
}

extension BodyReader {
    /// A required text within a limit.
    mutating func text(_ name: String, _ limit: TextLimit) -> String {
        let text = string(name)
        if let demand = limit.demand(of: text) { addError(name, demand) }
        return text
    }

    mutating func optionalText(_ name: String, _ limit: TextLimit) -> String? {
        guard let text = optionalString(name) else { return nil }
        if let demand = limit.demand(of: text) { addError(name, demand) }
        return text
    }

    /// What a person says to it.
    mutating func note() -> String? { optionalText("note", .note) }
}
