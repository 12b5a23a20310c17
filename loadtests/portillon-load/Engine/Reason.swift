import Bytes

/// Why an entry was not taken, where a scenario expects something of it: what the verdict alone
/// does not tell.
enum Reason: Int, CaseIterable, Sendable {
    /// Refused: its second key has brought as many entries as it may.
    case secondKeyLimit
    /// Closed: the operation has as many as its cap allows.
    case capReached

    /// As it stands in answers, reports and expectations.
    var name: String {
        switch self {
        case .secondKeyLimit: "second_key_limit"
        case .capReached: "cap_reached"
        }
    }

    /// Reads the reason of an answer's body.
    /// - Returns: nil for an answer with another one, or none.
    init?(of verdict: Verdict, in body: RawSpan) {
        switch verdict {
        case .refused where body.end(ofFirst: #""second_key_limit""#) != nil:
            self = .secondKeyLimit
        case .closed where body.end(ofFirst: #""code":"cap_reached""#) != nil:
            self = .capReached
        default: return nil
        }
    }
}
