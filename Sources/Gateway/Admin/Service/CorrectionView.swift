internal import Availability
internal import Ledger
internal import Time

/// A correction of minutes (C15).
struct CorrectionView: Encodable {
    let from: String
    let to: String
    let becomes: Correction.Finding
    let client: String?
    let author: String?
    let reason: String
    let recordedAt: String

    /// - Parameter reader: a client sees no names of the operator's people.
    init(_ correction: Correction, to reader: Author) {
        from = correction.minutes.lowerBound.starts.rfc3339
        to = correction.minutes.upperBound.starts.rfc3339
        becomes = correction.finding
        client = correction.client
        author = reader.role == .client ? nil : correction.author
        reason = correction.reason
        recordedAt = correction.recordedAt.rfc3339
    }

    /// One that was recorded now.
    init(_ correction: MinuteCorrection, by author: Author, at time: Timestamp) {
        from = correction.from.rfc3339
        to = correction.to.rfc3339
        becomes = correction.becomes
        client = correction.client
        self.author = author.name
        reason = correction.reason
        recordedAt = time.rfc3339
    }

    private enum CodingKeys: String, CodingKey {
        case from, to, becomes, client, author, reason
        case recordedAt = "recorded_at"
    }
}

// MARK: Shapes

extension CorrectionView {
    private static let findings = Shape.choice(of: Correction.Finding.self)
    private static let interval: [Shape.Member] = [
        .required("from", .time, "The start of the first minute."),
        .required("to", .time, "The start of the first minute behind it; within 31 days."),
        .required("becomes", findings, "as_measured takes earlier corrections back."),
        .required("reason", TextLimit.reason.shape),
    ]

    static let shape = Shape.object(
        interval + [
            .optional("client", .identifier, "Whose minutes alone they are; absent: all."),
            .optional("author", .text(1...200)), .required("recorded_at", .time),
        ])

    static let body = Shape.object(
        interval + [
            .optional("client", .nullable(.identifier), "Without it the minutes of all clients.")
        ])
}

extension CorrectionView: ListedView {
    static var listName: String { "corrections" }
}
