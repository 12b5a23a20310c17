import Bytes
import TestSupport
import Testing
import Time

@testable import Ledger

@Suite("A solved challenge is good for one entry")
struct ChallengeTests {
    private let world = World()

    /// - Parameter seconds: until it expires.
    private func challenge(_ number: UInt64, in seconds: Int64 = 600) -> SolvedChallenge {
        SolvedChallenge(
            mark: .person(number &+ 7_000_000),
            expires: UInt32(world.now.milliseconds / 1_000 + seconds), level: 1)
    }

    private func enter(
        _ person: UInt64, in id: String = "a", _ challenge: SolvedChallenge,
        idempotency: UInt64? = nil, age: Bool = false
    ) throws -> EntryOutcome {
        let operation = try #require(world.ledger.catalogue.operationIndex(id))
        let key = try #require(world.ledger.catalogue.keyIndex("\(id)-key"))
        let command = EntryCommand(
            operation: operation, key: key, participant: .person(person),
            idempotency: idempotency.map { .person($0 &+ 1_000_000) } ?? .none, ageConfirmed: age,
            challenge: challenge)
        let refusal = world.ledger.refusal(of: command, at: world.now)
        let isRepeated = world.ledger.earlier(command, at: world.now) != nil
        let outcome = world.ledger.enter(command, at: world.now)
        if !isRepeated { #expect((refusal == nil) == outcome.isAccepted, "\(outcome)") }
        return outcome
    }

    @Test("one entry, whoever sends it again", arguments: EntryRule.allCases)
    func once(rule: EntryRule) throws {
        try world.open("a", .sample(rule))
        let solved = challenge(1)
        #expect(try enter(1, solved).isAccepted)
        for person in UInt64(2)..<6 {
            #expect(try enter(person, solved) == .refused(.challengeFailed))
        }
        #expect(try enter(2, challenge(2)).isAccepted)
        #expect(world.counts("a")?.entries == 2)
    }

    @Test("a request that was carried out is answered so, though its challenge is used or expired")
    func retries() throws {
        try world.open("a", .sample(.once))
        try world.open("b", .sample(.unlimited))
        let (solved, other) = (challenge(1), challenge(2))
        let first = try #require(try enter(1, solved).numbers)
        let second = try #require(try enter(1, in: "b", other, idempotency: 5).numbers)
        world.pass(milliseconds: 700_000)
        for challenge in [solved, .failed, .absent] {
            let again = try #require(try enter(1, challenge).numbers)
            #expect(again.entry == first.entry)
        }
        let again = try #require(try enter(1, in: "b", other, idempotency: 5).numbers)
        #expect(again.entry == second.entry)
        #expect(try enter(1, in: "b", other) == .refused(.challengeFailed))
        #expect(world.ledger.records == 9)
    }

    @Test("it is good until it expires, and not if it expires in more than a quarter of an hour")
    func expiry() throws {
        try world.open("a", .sample(.unlimited))
        let failed = EntryOutcome.refused(.challengeFailed)
        #expect(try enter(1, challenge(1, in: 0)) == failed)
        #expect(try enter(1, challenge(2, in: -1)) == failed)
        #expect(try enter(1, challenge(3, in: 1)).isAccepted)
        #expect(try enter(1, challenge(4, in: 900)).isAccepted)
        #expect(try enter(1, challenge(5, in: 901)) == failed)
        #expect(try enter(1, .failed) == failed)
        let late = challenge(6, in: 1)
        world.pass(milliseconds: 999)
        #expect(try enter(1, late).isAccepted)
        world.pass(milliseconds: 1)
        #expect(try enter(1, challenge(7, in: 0)) == failed)
    }

    @Test("what else the entry lacks is named with it")
    func reasons() throws {
        try world.open("a", OperationSettings.sample().with { $0.minimumAge = 18 })
        #expect(try enter(1, .failed) == .refused([.ageNotConfirmed, .challengeFailed]))
        #expect(try enter(1, challenge(1)) == .refused(.ageNotConfirmed))
        #expect(try enter(1, .failed, age: true) == .refused(.challengeFailed))
        #expect(try enter(1, challenge(1), age: true).isAccepted)
        #expect(try enter(2, challenge(1)) == .refused([.ageNotConfirmed, .challengeFailed]))
    }

    @Test("used challenges are known over spans, snapshots and replays, and forgotten behind them")
    func spans() throws {
        try world.open("a", .sample(.unlimited))
        var solved: [SolvedChallenge] = []
        for minute in 0..<40 {
            let one = challenge(UInt64(minute), in: minute % 2 == 0 ? 30 : 890)
            #expect(try enter(1, one).isAccepted)
            solved.append(one)
            for earlier in solved.suffix(16) {
                #expect(try enter(1, earlier) == .refused(.challengeFailed))
            }
            let readBack = try world.ledger.readBack()
            let difference = readBack.difference(from: world.ledger)
            #expect(difference == nil)
            world.ledger = readBack
            world.pass(milliseconds: 60_000)
        }
        let known =
            world.ledger.decider.challenges.current.count
            + world.ledger.decider.challenges.next.count
        #expect(known <= 31, "\(known) are kept of 40")
    }

    @Test("a record has it, and a replay of the record finds it used")
    func replay() throws {
        try world.open("a", .sample(.unlimited))
        let solved = challenge(1)
        let command = EntryCommand(
            operation: 0, key: 0, participant: .person(1), challenge: solved)
        var copy = try world.ledger.readBack()
        guard case .accepted(let entry, let participant) = copy.enter(command, at: world.now) else {
            Issue.record("not accepted")
            return
        }
        var extensions = ByteBuffer(capacity: 64)
        EntryExtensions.append(solved, to: &extensions)
        #expect(extensions.count == EntryExtensions.challengeBytes)
        var record = ByteBuffer(capacity: 128)
        EntryRecord.encode(
            command, entry: entry, participant: participant, extensions: extensions.bytes,
            source: RawSpan(), sealed: RawSpan(), into: &record)
        #expect(record.bytes.array.suffix(24).prefix(3) == [3, 21, 0])
        try world.ledger.replay(EntryRecord.kind, record.bytes.array, at: world.now)
        #expect(try enter(2, solved) == .refused(.challengeFailed))
        let second = record.bytes.array
        #expect(throws: ReplayError.self) {
            try world.ledger.replay(EntryRecord.kind, second, at: world.now)
        }
        // A length that no challenge has.
        var cut = second
        cut[cut.count - 23] = 20
        #expect(throws: ReplayError.self) {
            try world.ledger.replay(EntryRecord.kind, cut, at: world.now)
        }
    }

    @Test("so many of one span are remembered; further ones wait for the next")
    func limit() throws {
        world.pass(milliseconds: 60_000)
        var used = UsedChallenges(memoryLimitBytes: .max, limit: 3)
        let entry = ParticipantTable.FirstEntry(
            entry: EntryNumber(rawValue: 1), participant: 1)
        for number in UInt64(0)..<3 {
            let one = challenge(number, in: 20)
            let refusal = used.refusal(of: one, at: world.now)
            let isReserved = used.reserve(for: one, at: world.now)
            #expect(refusal == nil && isReserved)
            used.put(one, entry)
        }
        let again = used.refusal(of: challenge(1, in: 20), at: world.now)
        #expect(again == .refused(.challengeFailed))
        let further = used.refusal(of: challenge(9, in: 20), at: world.now)
        #expect(further == .full(.challenges))
        let ofNextSpan = used.refusal(of: challenge(9, in: 890), at: world.now)
        #expect(ofNextSpan == nil)
        world.pass(milliseconds: 900_000)
        let later = used.refusal(of: challenge(9, in: 20), at: world.now)
        #expect(later == nil)
    }

    @Test("letting an entry in with one takes memory, under every rule")
    func memory() throws {
        try world.open("a", .sample(.unlimited))
        #expect(try enter(1, .absent).isAccepted)
        var command = EntryCommand(operation: 0, key: 0, participant: .person(1))
        let plain = world.ledger.takesMemory(command, at: world.now)
        command.challenge = challenge(1)
        let solved = world.ledger.takesMemory(command, at: world.now)
        command.challenge = .failed
        let failed = world.ledger.takesMemory(command, at: world.now)
        #expect(!plain && solved && !failed)
    }
}
