import Ledger

extension ReplayError {
    /// One sentence: what the log says, and what comes out now.
    var explanation: String {
        switch self {
        case .unknownKind(let kind, _):
            "its kind \(kind) is unknown; use the version that wrote it"
        case .malformedEntry(let error, _): "it is no entry (\(error)); verify the journal"
        case .malformedCommand(let detail, _):
            "it is no command (\(detail)); use the version that wrote it"
        case .entryDiffers(_, let operation, let recorded, let decided):
            "an entry of \(operation) was decided otherwise: recorded \(recorded), now \(decided)"
        case .commandRefused(_, let refusal):
            "a command that was carried out is now refused: \(refusal.detail)"
        case .malformedEvent(let detail, _):
            "it is no event (\(detail)); use the version that wrote it"
        case .eventMissing: "something that follows from the records before is not on record"
        case .eventUnexpected(_, let recorded):
            "it does not follow from the records before: \(recorded)"
        case .eventDiffers(_, let recorded, let decided):
            "something else follows from the records before: recorded \(recorded), now \(decided)"
        case .commandChangedNothing: "a command that changed something now changes nothing"
        }
    }
}
