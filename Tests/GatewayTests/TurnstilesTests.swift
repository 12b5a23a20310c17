import Contract
import Cryptography
import Sockets
import Testing
import Time

@testable import Gateway
@testable import Ledger

@Suite("The turnstiles of thousands of operations")
struct TurnstilesTests {
    private let board = OperationBoard(operations: 1_000)

    /// An entry of a person comes to an operation's turnstile.
    private func arrive(
        at turnstiles: inout Turnstiles, _ operation: UInt32, person: UInt64, at now: Int64
    ) -> EntryVerdict {
        let connection = EventToken(place: 1, generation: 0)
        let envelope = EntryEnvelope(
            connection: connection, handedOver: 0,
            command: EntryCommand(
                operation: operation, key: 0, participant: Fingerprint(high: 1, low: person)),
            sourceBytes: 0)
        var answer = AnswerEnvelope(
            connection: connection, operation: operation, verdict: .accepted)
        let isAdmitted = turnstiles.admits(
            envelope, &answer, at: now, time: Timestamp(milliseconds: 1_800_000_000_000 + now))
        return isAdmitted ? .accepted : answer.verdict
    }

    private func turnstiles(_ count: UInt32, perSecond: UInt32) -> Turnstiles {
        var turnstiles = Turnstiles(board, random: SystemRandom())
        for operation in 0..<count { turnstiles.update(operation, perSecond: perSecond, at: 0) }
        return turnstiles
    }

    @Test("time alone costs nothing where nobody waits; an entry costs at its own turnstile")
    func untouched() {
        var turnstiles = turnstiles(1_000, perSecond: 10)
        let before = turnstiles.published
        for now in 1...1_000 as ClosedRange<Int64> { turnstiles.publish(at: now) }
        #expect(turnstiles.published == before)
        #expect(!turnstiles.hasLeftover)
        #expect(arrive(at: &turnstiles, 7, person: 1, at: 1_001) == .accepted)
        #expect(arrive(at: &turnstiles, 7, person: 2, at: 1_001) == .accepted)
        turnstiles.publish(at: 1_001)
        #expect(turnstiles.published == before + 1, "once a turn, however many come")
        #expect(!turnstiles.contains(1_000))
        #expect(arrive(at: &turnstiles, 1_000, person: 1, at: 1_001) == .accepted)
    }

    @Test("hundreds where somebody waits: a turn publishes sixty-four that are due, the next more")
    func bounded() {
        let count: UInt32 = 300
        var turnstiles = turnstiles(count, perSecond: 1)
        for operation in 0..<count {
            #expect(arrive(at: &turnstiles, operation, person: 1, at: 0) == .accepted)
            #expect(arrive(at: &turnstiles, operation, person: 2, at: 0) == .waiting)
        }
        turnstiles.publish(at: 0)
        #expect(board.waiting(of: 299) == 1)
        var published = turnstiles.published
        turnstiles.publish(at: 500)
        #expect(turnstiles.published == published, "their turn comes in half a second")
        var turns = 0
        repeat {
            published = turnstiles.published
            turnstiles.publish(at: 1_000)
            turns += 1
            #expect(turnstiles.published - published <= UInt64(Turnstiles.dueAtOnce))
        } while turnstiles.hasLeftover
        #expect(turns == 5)
        for operation in 0..<count { #expect(board.waiting(of: operation) == 0) }
        // Called, and nobody waits any more: they cost nothing.
        published = turnstiles.published
        turnstiles.publish(at: 100_000)
        #expect(turnstiles.published == published)
    }

    /// An entry of an operation's person with a ticket, or without.
    private func envelope(
        _ operation: UInt32, person: UInt64, ticket: UInt64 = 0, of epoch: UInt64 = 0
    ) -> EntryEnvelope {
        EntryEnvelope(
            connection: EventToken(place: 1, generation: 0), handedOver: 0,
            command: EntryCommand(
                operation: operation, key: 0, participant: Fingerprint(high: 1, low: person)),
            ticket: ticket, ticketEpoch: epoch, sourceBytes: 0)
    }

    @Test("a ticket keeps a place until it is used, also while the pace is lifted")
    func places() {
        var turnstiles = turnstiles(2, perSecond: 1)
        _ = arrive(at: &turnstiles, 1, person: 0, at: 0)
        var answer = AnswerEnvelope(
            connection: EventToken(place: 1, generation: 0), operation: 1, verdict: .accepted)
        for person in 1...2 as ClosedRange<UInt64> {
            let isAdmitted = turnstiles.admits(
                envelope(1, person: person), &answer, at: 0, time: Timestamp(milliseconds: 0))
            #expect(!isAdmitted)
        }
        let epoch = answer.epoch
        let (first, second) = (
            envelope(1, person: 1, ticket: 1, of: epoch),
            envelope(1, person: 2, ticket: 2, of: epoch)
        )
        #expect(turnstiles.hasPlace(first) && turnstiles.hasPlace(second))
        #expect(!turnstiles.hasPlace(envelope(1, person: 3, ticket: 3, of: epoch)), "not given")
        #expect(!turnstiles.hasPlace(envelope(1, person: 1, ticket: 1, of: epoch ^ 1)))
        #expect(!turnstiles.hasPlace(envelope(0, person: 1, ticket: 1, of: epoch)))
        #expect(!turnstiles.hasPlace(envelope(999, person: 1, ticket: 1, of: epoch)))
        let isAdmitted = turnstiles.admits(
            first, &answer, at: 1_500, time: Timestamp(milliseconds: 0))
        #expect(isAdmitted && !turnstiles.hasPlace(first))
        turnstiles.update(1, perSecond: nil, at: 2_000)
        #expect(turnstiles.hasPlace(second), "who waited comes now")
        turnstiles.use(second, .refused)
        #expect(turnstiles.hasPlace(second))
        turnstiles.use(second, .accepted)
        #expect(!turnstiles.hasPlace(second))
    }

    @Test("before a shuffled start a place is kept, after a restart too; later only under a pace")
    func shuffled() throws {
        var turnstiles = Turnstiles(board, random: SystemRandom())
        var answer = AnswerEnvelope(
            connection: EventToken(place: 1, generation: 0), operation: 0, verdict: .accepted)
        var recorded = RecordedQueue()
        turnstiles.register(envelope(0, person: 1), &answer, opening: 60_000, recorded, at: 0)
        recorded.draw = turnstiles.drainDraws().first?.draw
        let ticket = envelope(0, person: 1, ticket: answer.entry, of: answer.epoch)
        let foreign = envelope(0, person: 1, ticket: answer.entry, of: answer.epoch ^ 1)
        var restarted = Turnstiles(board, random: SystemRandom())
        let isKept = turnstiles.hasPlace(ticket, beforeStart: recorded, at: 1)
        let outlives = restarted.hasPlace(ticket, beforeStart: recorded, at: 1)
        let isForeign = restarted.hasPlace(foreign, beforeStart: recorded, at: 1)
        #expect(isKept && outlives && !isForeign)
        #expect(!restarted.hasPlace(ticket), "the operation has no pace: nobody waits")
        restarted.update(0, perSecond: 1, recorded: recorded, at: 2)
        #expect(restarted.hasPlace(ticket), "the start will shuffle it")
        _ = restarted.start(0, at: 3)
        #expect(restarted.hasPlace(ticket))
    }

    @Test("who has a place takes memory, which is bounded: nobody new, those who have one go on")
    func placesMemory() {
        var turnstiles = Turnstiles(board, random: SystemRandom())
        var answer = AnswerEnvelope(
            connection: EventToken(place: 1, generation: 0), operation: 0, verdict: .accepted)
        func register(_ person: UInt64, isFull: Bool) -> EntryVerdict {
            turnstiles.register(
                envelope(0, person: person), &answer, opening: 60_000, RecordedQueue(),
                isFull: isFull, at: 0)
            return answer.verdict
        }
        for person in 1...1_000 as ClosedRange<UInt64> {
            #expect(register(person, isFull: false) == .waitingForOpening)
        }
        let bytes = turnstiles.placesBytes
        #expect((12_000...40_000).contains(bytes), "\(bytes)")
        #expect(register(1_001, isFull: true) == .noMemory)
        #expect(register(7, isFull: true) == .waitingForOpening)
        #expect(turnstiles.placesBytes == bytes)
        turnstiles.forgetQueue(of: 0)
        #expect(turnstiles.placesBytes == 0)
    }

    @Test("the board says when tickets are worth room: under a pace, and before a shuffled start")
    func keepsPlaces() throws {
        var ledger = Ledger()
        for command in try Bench.opened() {
            _ = try ledger.apply(command, by: .admin, at: Timestamp(milliseconds: 0))
        }
        let now = Timestamp(milliseconds: 1_000)
        func publish(_ command: AdministrativeCommand) throws {
            _ = try ledger.apply(command, by: .admin, at: now)
            board.publish(ledger.catalogue.operations[0], at: 0)
        }
        try publish(.operation(.setPace(operation: "ete", perSecond: 5, note: nil)))
        #expect(board.keepsPlaces(of: 0, at: now))
        try publish(.operation(.setPace(operation: "ete", perSecond: nil, note: nil)))
        #expect(!board.keepsPlaces(of: 0, at: now))
        var settings = Bench.settings(.once)
        settings.opens = Timestamp(milliseconds: 5_000)
        settings.start = .shuffled
        try publish(.operation(.put(id: "ete", settings: settings, dataKeyID: "d-1")))
        #expect(board.keepsPlaces(of: 0, at: now))
        #expect(!board.keepsPlaces(of: 0, at: Timestamp(milliseconds: 5_000)))
    }

    @Test("a pace that is taken away leaves nothing behind")
    func removed() {
        var turnstiles = turnstiles(2, perSecond: 1)
        for person in 0..<5 as Range<UInt64> {
            _ = arrive(at: &turnstiles, 1, person: person, at: 0)
        }
        turnstiles.publish(at: 0)
        #expect(board.waiting(of: 1) == 4)
        turnstiles.update(1, perSecond: nil, at: 1)
        #expect(board.waiting(of: 1) == 0)
        #expect(!turnstiles.contains(1))
        let published = turnstiles.published
        turnstiles.publish(at: 60_000)
        #expect(turnstiles.published == published)
        #expect(arrive(at: &turnstiles, 1, person: 9, at: 60_000) == .accepted)
    }

    /// What is drained now.
    private func drain(_ turnstiles: inout Turnstiles) -> [QueueCounters] {
        turnstiles.drainCounters().map(\.counters)
    }

    @Test("counters are drained once for each second of a queue that moves, ahead of what is told")
    func counters() throws {
        var turnstiles = turnstiles(3, perSecond: 10)
        #expect(arrive(at: &turnstiles, 1, person: 0, at: 0) == .accepted)
        let none = drain(&turnstiles)
        #expect(none.isEmpty, "no number was given")
        for person in 1...10 as ClosedRange<UInt64> {
            _ = arrive(at: &turnstiles, 1, person: person, at: 0)
        }
        let drained = drain(&turnstiles)
        let first = try #require(drained.first)
        #expect(first.issued >= 26 && first.called == 0)
        let again = drain(&turnstiles)
        #expect(again.isEmpty)
        turnstiles.publish(at: 0)
        var records = 0
        for now in stride(from: Int64(10), to: 10_000, by: 10) {
            _ = arrive(at: &turnstiles, 1, person: UInt64(now), at: now)
            records += drain(&turnstiles).count
            turnstiles.publish(at: now)
        }
        #expect((5...70).contains(records), "\(records)")
        // A pace that is lifted calls everybody, and that is on record.
        for person in 1...100 as ClosedRange<UInt64> {
            _ = arrive(at: &turnstiles, 1, person: person, at: 10_000)
        }
        let before = drain(&turnstiles)
        turnstiles.update(1, perSecond: nil, at: 10_000)
        let lifted = drain(&turnstiles)
        let last = try #require(lifted.last)
        #expect(before.allSatisfy { $0.called < last.called })
        #expect(last.called + 16 <= last.issued)
        turnstiles.publish(at: 10_000)
        turnstiles.publish(at: 10_000 + 120_001)
        let forgotten = drain(&turnstiles)
        #expect(forgotten.isEmpty)
    }
}
