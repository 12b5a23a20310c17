internal import Bytes

/// The body that answers a refused entry, but for what is the operation's own: written once for
/// each verdict, because a closed operation may be refused as fast as the wire brings entries.
///
/// The operation's name stands between ``opening`` and ``rest``; what ``tail`` says follows, and a
/// brace ends it.
final class RefusalText: Sendable {
    let problem: Problem
    let opening: ByteBuffer
    let rest: ByteBuffer
    let tail: Tail

    /// What follows that is the operation's own, or the moment's.
    enum Tail {
        case none, dates, suspensionStatus
    }

    /// - Returns: nil for a verdict that says nothing of the entry: it is stored, or about the key.
    private init?(_ verdict: EntryVerdict) {
        guard let name = verdict.nameIndex, verdict != .accepted, verdict != .repeated else {
            return nil
        }
        problem = verdict.problem
        var opening = ByteBuffer(capacity: 64)
        opening.append("{\"verdict\":\"" as StaticString)
        opening.append(EntryVerdict.names[name])
        opening.append("\",\"operation\":\"" as StaticString)
        self.opening = opening
        var rest = ByteBuffer(capacity: 512)
        rest.append("\"," as StaticString)
        rest.append(problem.members)
        if let reason = verdict.reason {
            rest.append(",\"reasons\":[\"" as StaticString)
            rest.append(reason)
            rest.append("\"]" as StaticString)
        }
        self.rest = rest
        tail =
            switch verdict {
            case .closed, .notOpen: .dates
            case .suspended, .suspendedForGood: .suspensionStatus
            default: .none
            }
    }

    /// By the verdict's raw value.
    private static let all = EntryVerdict.allCases.map { RefusalText($0) }

    /// The text for a verdict; nil where it says nothing of the entry.
    static func of(_ verdict: EntryVerdict) -> RefusalText? { all[Int(verdict.rawValue)] }
}
