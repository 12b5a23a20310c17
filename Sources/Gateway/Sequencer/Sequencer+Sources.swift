internal import Bytes
internal import Contract
internal import Ledger

/// Undeclared campaigns show themselves by the tags of their entries (C1).
extension Sequencer {
    /// Counts the tag of an entry that was accepted; makes it a fact where nobody declared it and
    /// it brings most of the operation's entries.
    mutating func recordSource(_ source: RawSpan, of operation: UInt32) {
        guard let counts = ledger.counts(of: operation) else { return }
        guard
            let candidate = sources.count(
                source, of: operation, accepted: counts.entries,
                minimum: ledger.minimumSourceEntries,
                at: milliseconds)
        else { return }
        let all = max(Int(clamping: counts.entries - candidate.acceptedBefore), 1)
        let permille = candidate.entries * 1_000 / all
        let subject = ledger.catalogue.operations[Int(operation)]
        guard permille >= ledger.policy.sourcePermille, !subject.declares(candidate.source) else {
            return
        }
        sources.recordReport(of: candidate)
        let surge = UnknownSource(
            operation: subject.id, source: candidate.source, entries: candidate.entries,
            permille: min(permille, 1_000), windowSeconds: SourceMeter.windowSeconds)
        // Decided like every command, with the next batch.
        shared.administration.enqueue(.own(.fact(.unknownSource(surge))))
    }
}

/// Tags that were declared or found have counts of their own.
extension Sequencer {
    /// Learns of tags that a command brought.
    mutating func nameSources(after record: AdministrativeRecord, _ change: Change) {
        switch change {
        case .declarationsChanged(let index), .operationReset(_, successor: let index):
            nameSources(of: index)
        case .recorded:
            guard case .fact(.unknownSource(let surge)) = record.command,
                let index = ledger.operationIndex(surge.operation)
            else { return }
            nameSources(of: index)
        default: return
        }
    }

    mutating func nameSources(of operation: UInt32) {
        let subject = ledger.catalogue.operations[Int(operation)]
        let declared = subject.declarations.campaigns.lazy.filter { $0.withdrawnAt == nil }
            .map(\.source)
        if !declared.isEmpty {
            sources.name(Array(declared), isDeclared: true, of: operation)
        }
        let found = subject.unknownSources.map(\.source)
        if !found.isEmpty { sources.name(found, isDeclared: false, of: operation) }
    }
}

extension Catalogue.Operation {
    /// Whether entries with this tag come from a campaign that was declared, late or not.
    fileprivate func declares(_ source: String) -> Bool {
        declarations.campaigns.contains { $0.withdrawnAt == nil && $0.source == source }
    }
}
