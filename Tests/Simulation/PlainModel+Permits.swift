import Ledger
import Time

@testable import Gateway

/// Permits, and the test entries that come with them (C7).
extension PlainModel {
    /// The entries that came with one permit.
    struct Run: Sendable {
        let operation: Int
        let starts: Timestamp
        let ends: Timestamp
        var isRevoked = false
        var isPurged = false
        var entries: UInt64 = 0
        /// Each person's number in the run.
        var participants: [UInt64: UInt32] = [:]
        var firstEntries: [PersonDay: UInt64] = [:]
        var idempotent: [UInt64: UInt64] = [:]
    }

    /// The answer that a test entry is owed; its key is good.
    mutating func expectation(
        _ entry: SimulatedLoop.Entry, of permit: Int, at time: Timestamp
    ) -> Expectation {
        let index = Int(entry.operation)
        guard permit < runs.count, !runs[permit].isRevoked, runs[permit].operation == index,
            time >= runs[permit].starts, time < runs[permit].ends
        else { return .refused(.refused) }
        if let key = entry.idempotency, let number = runs[permit].idempotent[key],
            time.milliseconds - Self.milliseconds(of: number) < 86_400_000
        {
            return repeated(number)
        }
        if isSentUnderOthers(entry) { return .refused(.settingsMoved) }
        if let refusal = operations[index].refusal(of: entry, at: time) {
            return .refused(refusal)
        }
        if let first = first(of: entry.person, operations[index].settings, at: time),
            let number = runs[permit].firstEntries[first]
        {
            return repeated(number)
        }
        return .new
    }

    /// - Returns: what is wrong with a durable test entry; nil if nothing is.
    mutating func addTest(
        _ entry: SimulatedLoop.Entry, _ record: EntryRecord, of permit: Int, source: String,
        at time: Timestamp, turn: Int
    ) -> String? {
        let index = Int(entry.operation)
        let number = record.entry.rawValue
        let known = runs[permit].participants[entry.person]
        let participant = known ?? UInt32(runs[permit].participants.count + 1)
        guard record.participant == participant else {
            return "participant \(record.participant) of a run, not \(participant)"
        }
        if let first = first(of: entry.person, operations[index].settings, at: time) {
            runs[permit].firstEntries[first] = number
        }
        runs[permit].participants[entry.person] = participant
        runs[permit].entries += 1
        if let key = entry.idempotency { runs[permit].idempotent[key] = number }
        entries[number] = Entry(
            operation: index, person: entry.person, participant: participant, source: source,
            turn: turn)
        lastNumber = number
        return nil
    }

    /// The test entries of the operation at this index whose run was not purged.
    func tests(of operation: Int) -> UInt64 {
        runs.filter { $0.operation == operation }.reduce(0) { $0 + $1.entries }
    }

    mutating func add(_ command: PermitCommand) {
        if case .issue(_, let terms) = command {
            runs.append(
                Run(
                    operation: current(terms.operation) ?? -1, starts: terms.starts,
                    ends: terms.ends))
            permitIDs.append(command.permitID)
            return
        }
        guard let index = permitIDs.firstIndex(of: command.permitID) else { return }
        switch command {
        case .issue, .forgotten: break
        case .revoke: runs[index].isRevoked = true
        case .purge:
            runs[index].isRevoked = true
            runs[index].isPurged = true
            runs[index].entries = 0
            runs[index].participants = [:]
        }
    }
}
