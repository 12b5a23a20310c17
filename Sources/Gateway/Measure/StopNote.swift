internal import Time

/// What the next start must know of a stop of the journal: one that ends with a restart is an
/// incident like another, and the journal itself took no record of it.
///
/// As text `SINCE UNTIL REASONS`: two times of RFC 3339, the second one `-` while the stop goes on,
/// and the reasons with commas between them.
struct StopNote: Equatable {
    let since: Timestamp
    /// Nil while it goes on.
    private(set) var until: Timestamp?
    let reasons: [String]

    /// Whether it goes on.
    var isOpen: Bool { until == nil }

    init(since: Timestamp, until: Timestamp? = nil, reasons: [String]) {
        self.since = since
        self.until = until
        self.reasons = reasons
    }

    /// The note that is due now, after a look at the journal.
    /// - Parameters:
    ///   - note: that of the last look; nil for none.
    ///   - reasons: why nothing is stored; empty while records are.
    ///   - isOnRecord: whether a stop that is over needs no incident any more.
    /// - Returns: nil where nothing is to be noted: there was no stop, a short one, or the incident
    ///   is on record.
    static func due(
        after note: StopNote?, _ reasons: [String], at now: Timestamp,
        isOnRecord: (IncidentRules.Stop) -> Bool
    ) -> StopNote? {
        guard reasons.isEmpty else {
            // Of several, before the first one is on record, one note says from when on.
            return StopNote(since: note?.since ?? now, reasons: note?.reasons ?? reasons)
        }
        guard var note else { return nil }
        let until = note.until ?? now
        note.until = until
        let stop = IncidentRules.Stop(since: note.since, until: until, reasons: note.reasons)
        return stop.isLong && !isOnRecord(stop) ? note : nil
    }

    // MARK: As text

    var text: String {
        "\(since.rfc3339) \(until?.rfc3339 ?? "-") \(reasons.joined(separator: ","))\n"
    }

    /// - Returns: nil for what is no note.
    init?(text: String) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard words.count == 3, let since = Timestamp(rfc3339: String(words[0])) else { return nil }
        let until = Timestamp(rfc3339: String(words[1]))
        guard until != nil || words[1] == "-", words[2].utf8.allSatisfy(Self.isReason) else {
            return nil
        }
        self.init(
            since: since, until: until, reasons: words[2].split(separator: ",").map(String.init))
    }

    private static func isReason(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: ",")
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
