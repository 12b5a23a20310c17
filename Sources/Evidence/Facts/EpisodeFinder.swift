internal import Contract
internal import Ledger
internal import Time

/// Finds the episodes in the records of an operation.
struct EpisodeFinder {
    private(set) var episodes: [Episode] = []
    /// What holds the operation back.
    private var isOnLadder = false
    private var isSuspended = false
    private var isClientSuspended = false
    private var isPaced = false
    private var ladderPolicy: LadderPolicy?

    private var isHeld: Bool { isOnLadder || isSuspended || isClientSuspended || isPaced }

    mutating func add(_ record: EvidenceRecord) {
        let wasHeld = isHeld
        switch record.content {
        case .command(let recorded): add(recorded.command, record, wasHeld: wasHeld)
        case .event(.step(let step)):
            isOnLadder = step.kind != .resume
            addMeasure(record, wasHeld: wasHeld)
        case .event(.suspensionEnded):
            isSuspended = false
            addMeasure(record, wasHeld: wasHeld)
        case .event(.clientSuspensionEnded):
            isClientSuspended = false
            addMeasure(record, wasHeld: wasHeld)
        case .event: break
        }
    }

    private mutating func add(
        _ command: AdministrativeCommand, _ record: EvidenceRecord, wasHeld: Bool
    ) {
        switch command {
        case .operation(.suspend): isSuspended = true
        case .client(.suspend): isClientSuspended = true
        case .client(.resume): isClientSuspended = false
        case .operation(.setPace(_, let perSecond, _)): isPaced = perSecond != nil
        case .operation(.resume):
            isSuspended = false
            isOnLadder = false
        case .operation(.put(_, let settings, _)):
            let isChanged = ladderPolicy.map { $0 != settings.policy } ?? false
            ladderPolicy = settings.policy
            guard isChanged, isOnLadder else { return }
            isOnLadder = false
        case .operation(.reset): isOnLadder = false
        case .operation(.delete):
            isSuspended = false
            isClientSuspended = false
            isPaced = false
            isOnLadder = false
        case .fact(.answered(let answered)): return addAnswers(answered, record)
        default: return
        }
        addMeasure(record, wasHeld: wasHeld)
    }

    private mutating func addMeasure(_ record: EvidenceRecord, wasHeld: Bool) {
        guard wasHeld || isHeld else { return }
        if wasHeld, let last = episodes.indices.last {
            episodes[last].measures.append(record.sequence)
        } else {
            episodes.append(Episode(measures: [record.sequence], began: record.at))
        }
        if !isHeld { episodes[episodes.count - 1].ended = record.sequence }
    }

    /// They are recorded a moment after the span, perhaps when the next one has begun.
    private mutating func addAnswers(_ answered: AnsweredEntries, _ record: EvidenceRecord) {
        guard let last = episodes.indices.last else { return }
        let isOfEarlier = last > 0 && answered.since < episodes[last].began
        episodes[isOfEarlier ? last - 1 : last].answers.append(record.sequence)
    }
}
