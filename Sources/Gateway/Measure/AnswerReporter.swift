internal import Contract
internal import Ledger
internal import Projections
internal import Time

/// Puts on record how many entries were answered how while an operation was smoothed or suspended:
/// refused entries leave no record of their own (C15). Owned by the pulse's thread.
///
/// One record for each span that had an answer, when the span ends: as many as there are changes of
/// an operation's state, at most. The end of the process ends them all. A node of a cluster that
/// follows keeps what it has answered itself: with its office that goes on record.
struct AnswerReporter {
    private let shared: Shared
    /// The spans that have not ended, by the operation's index.
    private var spans: [UInt32: Span] = [:]
    /// What is to be recorded.
    private var waiting: ArraySlice<(operation: UInt32, answered: AnsweredEntries)> = []

    /// Records in one second, at most; other spans end a second later.
    private static var maximumRecords: Int { 16 }

    /// Records at the process's end, at most.
    private static var maximumLastRecords: Int { 800 }

    private struct Span {
        let state: AnsweredEntries.State
        let since: Timestamp
        /// By verdict, since the process started.
        let counts: [UInt64]
    }

    init(_ shared: Shared) {
        self.shared = shared
    }

    /// Ends and begins spans; called once a second.
    /// - Parameter mayRecord: whether this process decides.
    mutating func turn(mayRecord: Bool = true) {
        let catalogue = shared.projected.catalogue
        let operations = catalogue.operations
        var records = 0
        // In order, so that a seed of the simulation repeats exactly.
        for index in spans.keys.sorted() where records < Self.maximumRecords {
            let operation = operations[Int(index)]
            guard let span = spans[index], AnsweredEntries.State(operation.state) != span.state
            else { continue }
            spans[index] = nil
            // A deleted operation's name may be another's by now.
            guard operation.retirement != .deleted, record(span, of: index, operation.id)
            else { continue }
            records += 1
        }
        for index in catalogue.limitedOperations where spans[index] == nil {
            guard let state = AnsweredEntries.State(operations[Int(index)].state) else { continue }
            spans[index] = Span(
                state: state, since: shared.ledgerTime, counts: counts(of: index))
        }
        guard mayRecord else {
            waiting = waiting.suffix(Self.maximumLastRecords)
            return
        }
        recordWaiting(atMost: Self.maximumRecords)
    }

    private mutating func recordWaiting(atMost count: Int) {
        for (operation, answered) in waiting.prefix(count) {
            // Deleted meanwhile, it has no record any more.
            let request = AdministrativeRequest.own(
                .answered(answered), about: operation, in: shared.projected.catalogue)
            // Where the disk has no room these counts are lost; the dossier says that none are
            // there.
            if let request { shared.administration.enqueue(request) }
        }
        waiting = waiting.dropFirst(count)
    }

    /// The process ends: what was counted goes on record at once; of very many operations those
    /// that were created first.
    mutating func finish() {
        let operations = shared.projected.catalogue.operations
        var records = 0
        for index in spans.keys.sorted() where records < Self.maximumLastRecords {
            let operation = operations[Int(index)]
            guard let span = spans.removeValue(forKey: index), operation.retirement != .deleted,
                record(span, of: index, operation.id)
            else { continue }
            records += 1
        }
        spans = [:]
        recordWaiting(atMost: waiting.count)
    }

    private func counts(of operation: UInt32) -> [UInt64] {
        EntryVerdict.names.indices.map { shared.instruments.verdicts($0, of: operation) }
    }

    /// - Returns: whether there was anything to record.
    private mutating func record(_ span: Span, of index: UInt32, _ id: String) -> Bool {
        var answered = AnsweredEntries(
            operation: id, state: span.state, since: span.since,
            until: max(shared.ledgerTime, span.since))
        let now = counts(of: index)
        for name in VerdictName.allCases {
            let count = now[name.rawValue] &- span.counts[name.rawValue]
            answered[keyPath: name.count] = Int(clamping: count)
        }
        guard answered.total > 0 else { return false }
        waiting.append((index, answered))
        return true
    }
}

extension AnsweredEntries.State {
    /// - Returns: nil for a state in which every entry is let in, or none was ever to be.
    fileprivate init?(_ state: OperationState) {
        switch state {
        case .smoothed: self = .smoothed
        case .suspended: self = .suspended
        case .draft, .open, .closed: return nil
        }
    }
}

extension VerdictName {
    /// Where such answers are counted in a record.
    fileprivate var count: WritableKeyPath<AnsweredEntries, Int> {
        switch self {
        case .accepted: \.accepted
        case .repeated: \.repeated
        case .refused: \.refused
        case .closed: \.closed
        case .overloaded: \.overloaded
        case .waiting: \.waiting
        case .suspended: \.suspended
        case .challenged: \.challenged
        }
    }
}
