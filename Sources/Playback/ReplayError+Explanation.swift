package import Ledger

extension ReplayError {
    /// One sentence: what the log says, and what the replay gives.
    package var explanation: String {
        switch self {
        case .unknownKind(let kind, _):
            "unknown record kind \(kind); use the version that wrote it"
        case .malformedEntry(let error, _):
            "not a valid entry (\(error)); run \"portillon journal verify\""
        case .malformedCommand(let detail, _):
            "not a valid command (\(detail)); use the version that wrote it"
        case .entryDiffers(_, let operation, _, .full(.memory)):
            "no memory for a participant of \(operation); give the process more"
        case .entryDiffers(_, let operation, let recorded, let decided):
            "an entry of \(operation) is decided differently: recorded \(recorded), now \(decided)"
        case .commandRefused(_, let refusal):
            "a command that was carried out is now refused: \(refusal.detail)"
        case .malformedEvent(let detail, _):
            "not a valid event (\(detail)); use the version that wrote it"
        case .eventMissing: "an event that follows from the earlier records is missing"
        case .eventUnexpected(_, let recorded):
            "this event does not follow from the earlier records: \(recorded)"
        case .eventDiffers(_, let recorded, let decided):
            "a different event follows: recorded \(recorded), now \(decided)"
        case .levelUnknown(let level, let known, _):
            "it begins format level \(level), and this version knows level \(known): use the "
                + "version that wrote it, or a later one; there is no way back to this one"
        case .commandChangedNothing: "a command that changed something now changes nothing"
        }
    }
}
