package import Time

/// What minutes really were, where a probe was wrong. A record of its own with author and reason:
/// what was measured stays beside it, and shows in the raw figures (C15).
package struct Correction: ServiceRecord, Equatable, Codable, Sendable {
    /// What the minutes count as from now on.
    package enum Finding: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
        case accessible
        case notAccessible = "not_accessible"
        case unmeasured
        /// As they were measured: takes earlier corrections back.
        case asMeasured = "as_measured"
    }

    package let first: Minute
    /// The first minute behind it.
    package let end: Minute
    package let finding: Finding
    /// The client whose minutes alone they are; `nil`: those of all clients.
    package let client: String?
    package let author: String
    package let reason: String
    package let recordedAt: Timestamp

    /// The minutes of a correction: at most a month of them.
    package static var maximumMinutes: Int64 { 31 * 1_440 }

    /// - Throws: ``CorrectionError`` for no minutes, too many, minutes that are not over, or
    ///   without author or reason.
    package init(
        _ minutes: Range<Minute>, are finding: Finding, client: String? = nil, author: String,
        reason: String, recordedAt: Timestamp
    ) throws(CorrectionError) {
        guard !minutes.isEmpty else { throw .noMinutes }
        guard minutes.length <= Self.maximumMinutes else { throw .tooManyMinutes }
        guard minutes.upperBound.starts <= recordedAt else { throw .notOver }
        guard !author.isEmpty else { throw .noAuthor }
        guard !reason.isEmpty else { throw .noReason }
        first = minutes.lowerBound
        end = minutes.upperBound
        self.finding = finding
        self.client = client
        self.author = author
        self.reason = reason
        self.recordedAt = recordedAt
    }

    package var minutes: Range<Minute> { first..<max(first, end) }

    private enum CodingKeys: String, CodingKey {
        case first, end, finding, client, author, reason
        case recordedAt = "recorded_at"
    }
}

/// Why a correction is refused.
package enum CorrectionError: Error, Equatable {
    case noMinutes
    /// More than ``Correction/maximumMinutes``.
    case tooManyMinutes
    /// Only minutes that are over can have been measured wrongly.
    case notOver
    case noAuthor, noReason
    /// More than ``RecordedMinutes/maximumCorrections`` are kept.
    case tooMany
}
