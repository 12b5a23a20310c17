import Bytes
import Contract
import Ledger
import Projections
import Time

@testable import Gateway

/// Holds what gateways did against the plain model and against what is on the disk.
struct Judge: Sendable {
    private(set) var model = PlainModel()
    private(set) var sealed = SealedEntries()
    /// Stands for all records but for what is sealed in them, whose keys no seed gives.
    private(set) var recordHash = TraceHash()
    /// Every record that was acknowledged, or read back by a start, in order.
    private(set) var known: [SimulatedDisk.StoredRecord] = []
    /// Turns of the sequencer so far.
    private(set) var turn = 0
    /// Entry verdicts and what else happened, counted: a run that never comes to something does
    /// not test it.
    private(set) var occurrences: [String: Int] = [:]
    private var queues: [UInt64: Queue] = [:]
    private var lastTime = Timestamp(milliseconds: 0)

    /// One turnstile's numbers, as people were told them.
    private struct Queue: Sendable {
        var issued: UInt64 = 0
        /// The highest number that was admitted.
        var admitted: UInt64 = 0
    }

    struct Difference: Error {
        let text: String

        init(_ text: String) {
            self.text = text
        }
    }

    mutating func count(_ occurrence: String) { occurrences[occurrence, default: 0] += 1 }

    // MARK: The disk

    /// Takes in what a turn has stored.
    mutating func endTurn(stored: [SimulatedDisk.StoredRecord]) throws {
        turn += 1
        model.beginBatch()
        for record in stored { try add(record) }
        try requireNothingDemanded()
    }

    /// Compares what a start has read with what was acknowledged before.
    /// - Parameter start: the last record of the snapshot that it read first; 0 for none.
    mutating func recover(_ records: [SimulatedDisk.StoredRecord], after start: UInt64) throws {
        turn += 1
        let before = Int(start)
        guard before <= known.count else { throw Difference("a snapshot of the future") }
        let acknowledged = known.count - before
        guard records.count >= acknowledged else {
            throw Difference("\(acknowledged - records.count) acknowledged records are lost")
        }
        guard records.prefix(acknowledged).elementsEqual(known[before...]) else {
            throw Difference("the log holds other records than were acknowledged")
        }
        let unheard = records[acknowledged...]
        guard Set(unheard.map(\.time)).count <= 1 else {
            throw Difference("more than one batch was stored that nobody heard of")
        }
        if !unheard.isEmpty { count("batch stored unheard") }
        model.beginBatch()
        for record in unheard { try add(record) }
        try requireNothingDemanded()
    }

    private func requireNothingDemanded() throws {
        if let event = model.demanded.first { throw Difference("there is no \(event)") }
    }

    private mutating func add(_ record: SimulatedDisk.StoredRecord) throws {
        known.append(record)
        guard record.sequence == known.count else {
            throw Difference("record \(record.sequence) follows \(known.count - 1)")
        }
        guard record.time >= lastTime else { throw Difference("time runs backwards") }
        lastTime = record.time
        if let fault = try fold(record) {
            throw Difference("record \(record.sequence): \(fault)")
        }
    }

    private mutating func fold(_ record: SimulatedDisk.StoredRecord) throws -> String? {
        var buffer = ByteBuffer(capacity: record.bytes.count + 1)
        record.bytes.withBytes { buffer.append($0) }
        guard record.kind != EntryRecord.kind else {
            var reader = ByteReader(buffer.bytes)
            let entry = try EntryRecord(reading: &reader)
            recordHash.add(entry.entry.rawValue ^ UInt64(record.time.milliseconds))
            return add(entry, record)
        }
        recordHash.add(record.sequence ^ UInt64(record.time.milliseconds))
        for byte in record.bytes { recordHash.add(UInt64(byte)) }
        guard record.kind != EventRecord.kind else {
            let event = try EventRecord(json: buffer.bytes).event
            count(event.name.rawValue)
            if case .step(let step) = event {
                count("ladder: \(step.kind.rawValue) \(step.reason?.rawValue ?? "")")
            }
            return model.add(event, at: record.time)
        }
        let command = try AdministrativeRecord(json: buffer.bytes).command
        count(command.name)
        return model.add(command, at: record.time)
    }

    private mutating func add(
        _ entry: EntryRecord, _ record: SimulatedDisk.StoredRecord
    ) -> String? {
        let source = String(decoding: record.bytes[entry.source.range], as: UTF8.self)
        if entry.command.isTest { count("test entry") }
        if model.isOfAnotherDay(entry.command) { count("accepted on another day") }
        if let name = entry.command.countedAs.name { count("counted as a \(name)") }
        let fault = model.add(entry, source: source, at: record.time, turn: turn)
        if let fault { return fault }
        // What was there before the first gateway is sealed under nothing.
        guard !entry.sealed.range.isEmpty else { return nil }
        return sealed.add(
            SealedEntries.Entry(
                leaf: entry.command.leaf, person: entry.command.participant.low,
                sealed: Array(record.bytes[entry.sealed.range])),
            of: model.operations[Int(entry.command.operation)].dataKey)
    }

    mutating func forget(_ leaves: [Range<UInt64>], of dataKey: String) {
        sealed.forget(leaves, of: dataKey)
    }

    // MARK: Answers

    /// Holds an answer against the model; the records of its turn have been added.
    /// - Parameters:
    ///   - isRefusing: whether in the turn the disk was full, or the clock not confirmed.
    ///   - time: the ledger's time of the turn.
    mutating func check(
        _ answer: AnswerEnvelope, to entry: SimulatedLoop.Entry, at time: Timestamp,
        isRefusing: Bool
    ) throws {
        count("\(answer.verdict)")
        if answer.verdict == .refused, answer.reasons.contains(.challengeFailed) {
            count("challenge failed")
        }
        if answer.verdict == .refused, answer.reasons.contains(.robot) { count("robot refused") }
        if entry.ticket > 0, entry.ticketEpoch != 0, answer.verdict == .accepted {
            let admitted = queues[entry.ticketEpoch]?.admitted ?? 0
            queues[entry.ticketEpoch]?.admitted = max(admitted, entry.ticket)
        }
        let expected = model.expectation(entry, at: time)
        switch answer.verdict {
        case .accepted: try checkAccepted(answer, entry)
        case .repeated:
            let said = PlainModel.Expectation.repeated(
                number: answer.entry, participant: answer.participant)
            let isBefore =
                isOvertaken(expected) && said == model.expectationOfRobot(entry, at: time)
            try require(said == expected || isBefore, "\(said) in place of \(expected)")
        case .waiting, .crowded:
            let isSmoothed = model.operations[Int(entry.operation)].perSecond != nil
            try require(isSmoothed, "\(answer.verdict), without a pace")
            if case .repeated(let number, _) = expected {
                // It came twice in this turn, and the other one was let in.
                try require(model.entries[number]?.turn == turn, "a repeated entry waits")
            } else if case .beyondLimit = expected {
                // Others in this turn were let in, and it is reached.
                let last = model.operations[Int(entry.operation)].lastTurn
                try require(last == turn, "\(answer.verdict) in place of \(expected)")
            } else {
                // Its challenge may have been used by another since, in this turn.
                try require(
                    expected == .new || entry.challenge.state == .solved,
                    "\(answer.verdict) in place of \(expected)")
            }
            if answer.verdict == .waiting { try checkTicket(answer, entry) }
        case .challenged:
            try checkTurnedAway(answer, entry, expected, as: .suspect)
        case .refused where answer.reasons.contains(.robot):
            try checkTurnedAway(answer, entry, expected, as: .refused)
        case .refused where answer.reasons.contains(.challengeFailed) && isOvertaken(expected):
            break
        case .noSpace:
            try require(isRefusing, "no space on a disk that has some")
        case .settingsMoved where model.isSentUnderOthers(entry): break
        default:
            let said = PlainModel.Expectation.refused(answer.verdict)
            try require(
                expected == said || expected == .beyondLimit(answer.verdict)
                    || isOfSecondKey(answer, entry, expected, at: time),
                "\(said) in place of \(expected)")
        }
    }

    /// Whether another request of the same person was let in since, in this turn.
    private func isOvertaken(_ expected: PlainModel.Expectation) -> Bool {
        guard case .repeated(let number, _) = expected else { return false }
        return model.entries[number]?.turn == turn
    }

    /// Whether its second key kept it out before others in this turn brought the operation to its
    /// cap.
    private mutating func isOfSecondKey(
        _ answer: AnswerEnvelope, _ entry: SimulatedLoop.Entry,
        _ expected: PlainModel.Expectation, at time: Timestamp
    ) -> Bool {
        guard case .beyondLimit(.capReached) = expected,
            model.operations[Int(entry.operation)].lastTurn == turn
        else { return false }
        return model.secondKeyLimit(of: entry, at: time) == answer.verdict
    }

    /// It looks like that, and is owed nothing else; unless another request in this turn was let in
    /// since.
    private func checkTurnedAway(
        _ answer: AnswerEnvelope, _ entry: SimulatedLoop.Entry, _ expected: PlainModel.Expectation,
        as look: SimulatedLoop.Entry.Look
    ) throws {
        try require(entry.look == look, "\(answer.verdict), a \(entry.look)")
        let isDue: Bool
        switch expected {
        case .repeated: isDue = isOvertaken(expected)
        case .beyondLimit: isDue = model.operations[Int(entry.operation)].lastTurn == turn
        default:
            isDue = expected == .refused(answer.verdict) || entry.challenge.state == .solved
        }
        try require(isDue, "\(answer.verdict) in place of \(expected)")
    }

    /// The number is on the disk since this turn, for this person.
    private func checkAccepted(_ answer: AnswerEnvelope, _ entry: SimulatedLoop.Entry) throws {
        guard let stored = model.entries[answer.entry] else {
            throw Difference("entry \(answer.entry) is accepted and not stored")
        }
        let isIt =
            stored.turn == turn && stored.operation == entry.operation
            && stored.person == entry.person && stored.participant == answer.participant
            && stored.source == entry.source ?? ""
        try require(isIt, "entry \(answer.entry) is accepted as another's: \(stored)")
    }

    /// Numbers count up, over restarts too; one that has not been called is not overtaken by a
    /// later one.
    private mutating func checkTicket(
        _ answer: AnswerEnvelope, _ entry: SimulatedLoop.Entry
    ) throws {
        var queue = queues[answer.epoch, default: Queue()]
        let isOld = entry.ticketEpoch == answer.epoch && entry.ticket == answer.entry
        if !isOld {
            try require(
                answer.entry > queue.issued,
                "ticket \(answer.entry) follows \(queue.issued)")
            queue.issued = answer.entry
        }
        let position = answer.participant
        try require(
            position == 0 || queue.admitted <= answer.entry,
            "ticket \(queue.admitted) was admitted before \(answer.entry) was called")
        queues[answer.epoch] = queue
    }

    private func require(_ holds: Bool, _ text: @autoclosure () -> String) throws {
        if !holds { throw Difference(text()) }
    }

    // MARK: The whole

    /// Compares every count and state with a gateway's.
    func compare(_ gateway: SimulatedGateway) throws {
        let catalogue = gateway.catalogue
        try require(
            catalogue.operations.count == model.operations.count
                && catalogue.keys.count == model.keys.count
                && catalogue.starts == UInt64(model.starts), "other operations, keys or starts")
        for (index, operation) in model.operations.enumerated() {
            let counts = OperationCounts(
                entries: operation.entries, participants: UInt32(operation.participants.count),
                robots: operation.robots, tests: model.tests(of: index))
            let counted = gateway.counts(of: UInt32(index))
            try require(
                counted == counts,
                "\(operation.id): counted \(String(describing: counted)), not \(counts)")
            let state = catalogue.operations[index].state
            try require(state == operation.state, "\(operation.id) is \(state)")
            let surges = catalogue.operations[index].unknownSources.map(\.source)
            try require(
                surges == operation.unknownSources, "\(operation.id) has surges \(surges)")
            let missing = catalogue.operations[index].missingNotices(at: gateway.latest)
            try require(
                missing == model.missing(index, at: gateway.latest),
                "\(operation.id) lacks \(missing)")
        }
        let indices = catalogue.operations.indices.map(UInt32.init)
        let held = indices.filter { catalogue.operations[Int($0)].rung != .open }
        let lacking = indices.filter {
            catalogue.operations[Int($0)].lacksNotice(at: gateway.latest)
        }
        try require(
            catalogue.heldOperations == Set(held)
                && catalogue.operationsLackingNotice.isSuperset(of: lacking),
            "what is held is told wrong")
        for (index, run) in model.runs.enumerated() {
            let counts = OperationCounts(
                entries: run.entries, participants: UInt32(run.participants.count))
            let permit = catalogue.permits[index]
            try require(
                gateway.testCounts(of: UInt32(index)) == counts
                    && gateway.shared.runs.counts(of: UInt32(index)) == counts
                    && (permit.revokedAt != nil) == run.isRevoked
                    && (permit.purgedAt != nil) == run.isPurged,
                "the run of \(permit.id) has not \(counts)")
        }
        for (index, key) in model.keys.enumerated() {
            let actual = catalogue.keys[index]
            try require(
                actual.id == key.id && actual.operation == UInt32(key.operation)
                    && actual.frontEnd == key.frontEnd
                    && (actual.revokedAt != nil) == key.isRevoked, "key \(key.id) differs")
        }
        for token in model.tokens {
            let found = gateway.shared.projected.token(token.digest)?.token
            try require(
                found?.holder == (token.isRevoked ? nil : token.holder)
                    && (token.isRevoked || found?.expires == token.expires),
                "token \(token.id) differs")
        }
        try require(catalogue.policy == model.policy, "the policy differs")
        try require(
            model.missingEvent(at: gateway.latest) == nil, "something is due and does not happen")
        if let difference = gateway.difference { throw Difference("views differ: \(difference)") }
    }
}
