internal import Bytes
internal import Contract
internal import Ledger

/// Undeclared campaigns show themselves by the tags of their entries, or by their number alone
/// (C1). Both are measured beside the fold, and made facts, by which the fold decides.
extension Sequencer {
    /// Counts the tag of an entry that was accepted; makes it a fact where nobody declared it and
    /// undeclared tags bring most of the operation's entries.
    mutating func recordSource(_ source: RawSpan, of operation: UInt32) {
        guard let counts = ledger.counts(of: operation) else { return }
        guard
            let candidate = sources.count(
                source, of: operation, accepted: counts.entries,
                minimum: ledger.minimumSourceEntries,
                at: milliseconds)
        else { return }
        let subject = ledger.catalogue.operations[Int(operation)]
        if subject.declarations.names(source: candidate.source) {
            sources.recordSpelling(candidate)
            return
        }
        let all = max(Int(clamping: counts.entries - candidate.acceptedBefore), 1)
        let surge = UnknownSource(
            operation: subject.id, source: candidate.source, entries: candidate.entries,
            permille: min(candidate.entries * 1_000 / all, 1_000),
            windowSeconds: SourceMeter.windowSeconds,
            undeclaredEntries: candidate.undeclaredEntries, operationEntries: all)
        guard surge.undeclaredPermille >= ledger.policy.sourcePermille else { return }
        sources.recordReport(of: candidate, at: milliseconds)
        // Decided like every command, with the next batch.
        shared.administration.enqueue(.own(.fact(.unknownSource(surge))))
    }

    /// Begins a window of the policy's, where the last one has ended.
    mutating func turnRises() {
        if milliseconds >= rises.windowEnd {
            rises.turn(at: milliseconds, seconds: ledger.policy.riseSeconds)
        }
    }

    /// Compares an operation's entries with what was announced; makes a rise beyond it a fact.
    mutating func lookAtRise(of operation: UInt32) {
        guard operation < ledger.catalogue.operations.count else { return }
        let (subject, policy) = (ledger.catalogue.operations[Int(operation)], ledger.policy)
        let state = subject.state(at: latest)
        let isOpen = state == .open || state == .smoothed
        let allowed =
            isOpen ? subject.declarations.announcedEntries(at: latest, policy) : nil
        guard let entries = rises.look(at: operation, allowed: allowed, now: milliseconds) else {
            return
        }
        let rise = TrafficRise(
            operation: subject.id, entries: entries, windowSeconds: policy.riseSeconds)
        shared.administration.enqueue(.own(.fact(.rise(rise))))
    }
}

/// Tags that were declared or found have counts of their own.
extension Sequencer {
    /// Learns of tags that a command brought, and of what it announced.
    mutating func nameSources(after record: AdministrativeRecord, _ change: Change) {
        switch change {
        case .declarationsChanged(let index):
            nameSources(of: index)
            rises.reset(index)
        case .operationReset(_, successor: let index): nameSources(of: index)
        case .policyChanged: rises.resetAll()
        case .recorded:
            guard case .fact(.unknownSource(let surge)) = record.command,
                let index = ledger.operationIndex(surge.operation)
            else { return }
            nameFound(of: index)
        default: return
        }
    }

    mutating func nameSources(of operation: UInt32) {
        let subject = ledger.catalogue.operations[Int(operation)]
        let declared = subject.declarations.campaigns.lazy.filter { $0.withdrawnAt == nil }
            .map(\.source)
        sources.name(Array(declared), isDeclared: true, of: operation)
        nameFound(of: operation)
    }

    private mutating func nameFound(of operation: UInt32) {
        let found = ledger.catalogue.operations[Int(operation)].unknownSources.map(\.source)
        if !found.isEmpty { sources.name(found, isDeclared: false, of: operation) }
    }
}
