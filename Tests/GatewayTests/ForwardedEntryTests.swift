import Addresses
import Bytes
import Ledger
import Robots
import Sockets
import TestSupport
import Testing

@testable import Gateway

@Suite("Entries and answers between two nodes")
struct ForwardedEntryTests {
    private func word(_ seed: inout SeededGenerator) -> UInt64 {
        .random(in: 0 ... .max, using: &seed)
    }

    private func number(_ seed: inout SeededGenerator) -> UInt32 {
        .random(in: 0 ... .max, using: &seed)
    }

    private func person(_ seed: inout SeededGenerator) -> Fingerprint {
        Fingerprint(high: word(&seed), low: word(&seed))
    }

    /// An entry in which each field has a value of its own.
    private func entry(
        _ seed: inout SeededGenerator
    ) -> (envelope: EntryEnvelope, tail: [UInt8]) {
        let states: [SolvedChallenge.State] = [.absent, .failed, .solved]
        let command = EntryCommand(
            operation: .random(in: 0..<UInt32(LedgerLimits.operations), using: &seed),
            key: number(&seed), participant: person(&seed), idempotency: person(&seed),
            secondKey: person(&seed), ageConfirmed: .random(using: &seed),
            consentsGiven: .random(using: &seed), identityMark: number(&seed),
            leaf: .random(in: 0..<LedgerLimits.leaves, using: &seed),
            challenge: SolvedChallenge(
                mark: person(&seed), expires: number(&seed),
                level: .random(in: 0...255, using: &seed),
                state: states[Int.random(in: 0..<3, using: &seed)]),
            permit: Bool.random(using: &seed)
                ? EntryCommand.noPermit
                : .random(in: 0..<UInt32(LedgerLimits.permits), using: &seed))
        var envelope = EntryEnvelope(
            connection: EventToken(place: 1, generation: 2), handedOver: 3, command: command,
            sourceBytes: .random(in: 0...UInt16(LedgerLimits.sourceBytes), using: &seed))
        envelope.ticket = word(&seed)
        envelope.ticketEpoch = word(&seed)
        envelope.missingConsents = .random(in: 0 ... .max, using: &seed)
        envelope.mayRepeat = .random(using: &seed)
        envelope.settingsMark = word(&seed)
        envelope.suspicion.measure = RobotDecision.Measure(
            rawValue: .random(in: 0...3, using: &seed))
        envelope.suspicion.signatureWeight = Int32(bitPattern: number(&seed))
        envelope.suspicion.weight = Int32(bitPattern: number(&seed))
        envelope.suspicion.lower = Int32(bitPattern: number(&seed))
        envelope.suspicion.upper = Int32(bitPattern: number(&seed))
        envelope.suspicion.rulesetVersion = number(&seed)
        envelope.suspicion.rulesetDigest = word(&seed)
        envelope.suspicion.findingsBytes = .random(
            in: 0...UInt16(LedgerLimits.evidenceBytes), using: &seed)
        envelope.suspicion.omittedFindings = .random(in: 0...255, using: &seed)
        envelope.suspicion.tool = NamedTool(
            place: .random(in: 0 ... .max, using: &seed),
            ruleset: .random(in: 0 ... .max, using: &seed))
        envelope.traits = traits(&seed)
        envelope.origin = RobotOrigin(
            network: IPAddress(high: word(&seed), low: word(&seed)), named: number(&seed))
        envelope.extensionBytes = .random(
            in: 0...UInt16(LedgerLimits.extensionBytes), using: &seed)
        let parts =
            Int(envelope.suspicion.findingsBytes) + Int(envelope.extensionBytes)
            + Int(envelope.sourceBytes) + Int.random(in: 0...300, using: &seed)
        let tail = (0..<parts).map { _ in UInt8.random(in: 0...255, using: &seed) }
        return (envelope, tail)
    }

    private func traits(_ seed: inout SeededGenerator) -> EntryTraits {
        var traits = EntryTraits(
            operation: number(&seed), key: number(&seed), address: word(&seed),
            participant: word(&seed))
        traits.session = word(&seed)
        traits.network = number(&seed)
        traits.head = number(&seed)
        traits.clientHello = number(&seed)
        traits.fields = number(&seed)
        traits.fieldsBytes = number(&seed)
        traits.formMilliseconds = number(&seed)
        traits.isReturning = .random(using: &seed)
        traits.shape = ParticipantShape(
            stem: number(&seed), pattern: number(&seed), domain: number(&seed),
            words: (first: number(&seed), last: number(&seed)), number: number(&seed),
            digits: .random(in: 0...255, using: &seed),
            consonants: .random(in: 0...255, using: &seed), isOpaque: .random(using: &seed))
        return traits
    }

    private func written(_ envelope: EntryEnvelope, _ number: UInt64, _ tail: [UInt8]) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 1 << 14)
        tail.withBytes {
            ForwardedEntry.append(envelope, number: number, tail: $0, to: &buffer)
        }
        return buffer.bytes.array
    }

    private func read(_ bytes: [UInt8], at now: UInt64 = 9) -> EntryEnvelope? {
        bytes.withBytes { ForwardedEntry.envelope($0, at: now) }
    }

    @Test("an entry arrives as it was sent, but for whom it waits and since when")
    func entries() throws {
        var seed = SeededGenerator.printed("forwarded entries")
        for _ in 0..<500 {
            let (envelope, tail) = entry(&seed)
            let number = word(&seed)
            let bytes = written(envelope, number, tail)
            let found = try #require(read(bytes))
            #expect(found.connection.number == number)
            #expect(found.handedOver == 9)
            #expect(found.command == envelope.command)
            #expect(found.behind == 0)
            // Field by field, by what writes them.
            #expect(written(found, number, tail) == bytes)
            #expect(found.suspicion.measure == envelope.suspicion.measure)
            #expect(found.traits.shape == envelope.traits.shape)
            #expect(found.traits.isReturning == envelope.traits.isReturning)
            #expect(found.settingsMark == envelope.settingsMark)
        }
    }

    @Test("cut anywhere, or with any bit another, it is refused or another entry; nothing traps")
    func damage() {
        var seed = SeededGenerator.printed("damaged entries")
        let (envelope, tail) = entry(&seed)
        let bytes = written(envelope, 77, tail)
        for length in 0..<ForwardedEntry.fixedBytes {
            #expect(read(Array(bytes.prefix(length))) == nil)
        }
        var refused = 0
        for place in 0..<ForwardedEntry.fixedBytes * 8 {
            var wrong = bytes
            wrong[place / 8] ^= 1 << UInt8(place % 8)
            if let found = read(wrong) {
                #expect(written(found, found.connection.number, tail) == wrong, "bit \(place)")
            } else {
                refused += 1
            }
        }
        // At least the three flags that mean nothing, and high bits of lengths and indices.
        #expect(refused >= 30)
    }

    @Test("parts that are longer than the entry, or than a record takes, are refused")
    func lengths() {
        var seed = SeededGenerator.printed("lengths of entries")
        let (envelope, tail) = entry(&seed)
        #expect(read(written(envelope, 1, tail)) != nil)
        let parts =
            Int(envelope.suspicion.findingsBytes) + Int(envelope.extensionBytes)
            + Int(envelope.sourceBytes)
        #expect(read(written(envelope, 1, Array(tail.prefix(parts)))) != nil)
        if parts > 0 { #expect(read(written(envelope, 1, Array(tail.prefix(parts - 1)))) == nil) }
        let long = tail + Array(repeating: 0, count: LedgerLimits.sealedBytes + 1)
        #expect(read(written(envelope, 1, long)) == nil)
    }

    @Test("every verdict arrives as it was answered, and its number stays what it is")
    func answers() throws {
        var seed = SeededGenerator.printed("forwarded answers")
        for verdict in EntryVerdict.allCases {
            var answer = AnswerEnvelope(
                connection: EventToken(number: word(&seed)), entry: word(&seed),
                epoch: word(&seed), person: person(&seed), operation: 12,
                participant: number(&seed), turnAt: Int64(bitPattern: word(&seed)),
                retryAfterMilliseconds: number(&seed), verdict: verdict,
                isTest: .random(using: &seed))
            answer.reasons = RefusalReasons(bits: 0x0FFF, missingConsents: 0x8001)
            answer.challengeLevel = 3
            answer.key = number(&seed)
            answer.tool = NamedTool(place: 4, ruleset: 5)
            var buffer = ByteBuffer(capacity: 100)
            ForwardedAnswer.append(answer, to: &buffer)
            let read = ForwardedAnswer.answer(buffer.bytes)
            let found = try #require(read)
            #expect(found.verdict == verdict && found.connection == answer.connection)
            #expect(found.reasons == answer.reasons && found.turnAt == answer.turnAt)
            var again = ByteBuffer(capacity: 100)
            ForwardedAnswer.append(found, to: &again)
            #expect(again.bytes.array == buffer.bytes.array)
            let bytes = buffer.bytes.array
            for length in 0..<bytes.count {
                #expect(Array(bytes.prefix(length)).withBytes { ForwardedAnswer.answer($0) } == nil)
            }
            for place in 0..<bytes.count * 8 {
                var wrong = bytes
                wrong[place / 8] ^= 1 << UInt8(place % 8)
                // It is refused, or another answer.
                _ = wrong.withBytes { ForwardedAnswer.answer($0) }
            }
        }
        // Nodes of two versions understand each other: a verdict's number is never another's.
        #expect(EntryVerdict.challengesUsedUp.rawValue == 19)
        #expect(EntryVerdict.noLeader.rawValue == 20)
        #expect(EntryVerdict.outcomeUnknown.rawValue == 21)
        #expect(EntryVerdict.handedOver.rawValue == 22)
    }

    @Test("the mark of settings changes with whatever a worker judges by, and with nothing else")
    func marks() {
        let plain = Bench.settings(.once)
        let mark = SettingsMark.mark(of: plain)
        var other = plain
        other.title = "another title"
        #expect(SettingsMark.mark(of: other) == mark)
        var changed: [OperationSettings] = []
        for change: (inout OperationSettings) -> Void in [
            { $0.rule = .unlimited }, { $0.minimumAge = 18 }, { $0.consents = ["terms"] },
            { $0.consents = ["terms", "news"] }, { $0.consents = ["termsnews"] },
            { $0.allowedOrigins = ["https://a.example"] }, { $0.robots = .observe },
            { $0.allowedRobots = ["a"] }, { $0.allowedRobots = ["b"] },
        ] {
            var settings = plain
            change(&settings)
            changed.append(settings)
        }
        let marks = Set(changed.map { SettingsMark.mark(of: $0) } + [mark])
        #expect(marks.count == changed.count + 1)
    }
}
