package import Availability
package import Time

/// What minutes really were, where a probe was wrong (C15): beside what was measured, which stays.
package struct MinuteCorrection: Equatable, Codable, Sendable {
    /// The start of the first minute.
    package var from: Timestamp
    /// The start of the first minute behind it.
    package var to: Timestamp
    package var becomes: Correction.Finding
    /// The client whose minutes alone they are; `nil`: those of all clients.
    package var client: String?
    package var reason: String

    package init(
        from: Timestamp, to: Timestamp, becomes: Correction.Finding, client: String? = nil,
        reason: String
    ) {
        self.from = from
        self.to = to
        self.becomes = becomes
        self.client = client
        self.reason = reason
    }

    /// Records the correction.
    /// - Throws: ``CommandRefusal``, with nothing changed.
    func apply(
        to minutes: inout RecordedMinutes, clients: ClientTable, by author: Author,
        at time: Timestamp
    ) throws(CommandRefusal) {
        if let client, !clients.has(client) { throw .unknownClient(client) }
        try Field.requireLines(reason, 1...LedgerLimits.noteBytes, at: "/reason")
        let (first, end) = (Minute(containing: from), Minute(containing: to))
        guard first.starts == from else { throw Self.notWhole("/from") }
        guard end.starts == to else { throw Self.notWhole("/to") }
        let kept = ServiceTable.keptSince(time)
        guard from >= kept else {
            throw .invalid(pointer: "/from", detail: "must be at most 400 days ago")
        }
        guard from < to else { throw .invalid(pointer: "/to", detail: "must be after `from`") }
        do throws(CorrectionError) {
            let correction = try Correction(
                first..<end, are: becomes, client: client, author: author.name, reason: reason,
                recordedAt: time)
            // Nothing changes where it is refused.
            var corrected = minutes
            corrected.removeCorrections(before: Minute(containing: kept))
            try corrected.record(correction)
            minutes = corrected
        } catch {
            throw Self.refusal(error)
        }
    }

    private static func notWhole(_ pointer: String) -> CommandRefusal {
        .invalid(pointer: pointer, detail: "must be the start of a minute")
    }

    private static func refusal(_ error: CorrectionError) -> CommandRefusal {
        switch error {
        case .noMinutes: .invalid(pointer: "/to", detail: "must be after `from`")
        case .tooManyMinutes:
            .invalid(pointer: "/to", detail: "must be at most 31 days after `from`")
        case .notOver: .invalid(pointer: "/to", detail: "must be over")
        case .noAuthor: .invalid(pointer: "", detail: "must have an author")
        case .noReason: .invalid(pointer: "/reason", detail: "must not be empty")
        case .tooMany:
            .limitReached(
                name: "corrections of minutes", limit: RecordedMinutes.maximumCorrections)
        }
    }

    var sentence: String {
        let minutes = (to.milliseconds &- from.milliseconds) / 60_000
        let word = becomes.rawValue.replacing("_", with: " ")
        var text = "\(Words.grouped(minutes)) minutes from \(from.rfc3339) on count as \(word)"
        text += " (C15)"
        if let client { text += " for the client \(client)" }
        return text + ". Reason: \(reason)"
    }
}
