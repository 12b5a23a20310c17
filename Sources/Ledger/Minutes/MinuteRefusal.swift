package import Availability
package import Time

/// Why a minute is not recorded as it was reported.
package enum MinuteRefusal: Equatable, Codable, Sendable {
    /// It ends at this moment, by the gateway's clock.
    case notOver(ends: Timestamp)
    /// Only minutes from this one on are recorded.
    case tooLate(first: Minute)
    /// The probe has reported the minute with other counts.
    case reported(probe: String, minute: Minute)

    var code: String {
        switch self {
        case .notOver: "minute_not_over"
        case .tooLate: "minute_too_late"
        case .reported: "minute_reported"
        }
    }

    var detail: String {
        switch self {
        case .notOver(let ends):
            "The minute ends at \(ends.rfc3339) by the gateway's clock; report it after that."
        case .tooLate(let first):
            "Only minutes from \(first.starts.rfc3339) on are recorded; what is older stays as it "
                + "is."
        case .reported(let probe, let minute):
            "The probe `\(probe)` has reported the minute \(minute.starts.rfc3339) with other "
                + "counts; the first report stays."
        }
    }

    var notBefore: Timestamp? {
        if case .notOver(let ends) = self { ends } else { nil }
    }
}
