import Bytes
import Robots
import Time

/// All layers, as an entry passes them: its head at its worker, how it comes at the sequencer.
final class RobotGate {
    /// What people's heads have in common.
    enum Heads {
        /// Each is one of a hundred that browsers have, and comes again and again.
        case repeated
        /// Each is one person's alone: the worker's memory of heads helps nobody.
        case never
    }

    /// What was sent.
    struct Sent {
        let head: Int
        let participant: [UInt8]
        let fields: [UInt8]
        let traits: EntryTraits
    }

    private let heads: [SentHead]
    private let kind: Heads
    private var number: UInt64 = 0
    private let detector = RobotDetector(.shipped)
    private var memory = HeadMemory()
    private var behaviour = BehaviourDetector(seed: 5)
    private let bounds = (lower: Ruleset.shipped.lower, upper: Ruleset.shipped.upper)
    private let passers: Passers
    private var generator = SeededGenerator(seed: 6)
    private var milliseconds: Int64 = 1_795_176_000_000
    /// Of entries that have been described and are not decided yet.
    private var described: [EntryTraits] = []
    private var verdicts: [RobotVerdict] = []

    /// - Parameter passed: how many entries have been noted before.
    init(_ passers: Passers, _ kind: Heads = .repeated, passed: Int = 1_000_000) throws {
        self.passers = passers
        self.kind = kind
        let own = kind == .never ? SentHead.zeros : ""
        heads = try (0..<Passers.heads).map {
            try SentHead(browserRequest(language: "fr-\(own)\($0)"))
        }
        described.reserveCapacity(entriesAhead)
        verdicts.reserveCapacity(entriesAhead)
        for _ in 0..<passed / 1_000 { _ = judge(nextThousand()) }
    }

    func nextParticipant() -> [UInt8] { Array(passers.participant(&generator).utf8) }

    func nextThousand() -> [Sent] {
        (0..<1_000).map { _ in
            let head = Int(generator.next() % UInt64(heads.count))
            let participant = Array(passers.participant(&generator).utf8)
            let fields = Array(passers.fields(&generator).utf8)
            return Sent(
                head: head, participant: participant, fields: fields,
                traits: passers.traits(&generator))
        }
    }

    /// - Returns: how many were let in without a word.
    @inline(never)
    func judge(_ entries: [Sent]) -> UInt64 {
        var admitted: UInt64 = 0
        for start in stride(from: 0, to: entries.count, by: entriesAhead) {
            for index in start..<min(start + entriesAhead, entries.count) {
                describe(entries[index])
            }
            admitted += decide()
        }
        return admitted
    }

    /// The worker's part.
    func describe(_ sent: Sent) {
        let head = heads[sent.head]
        guard !head.hasPermit else { return }
        if kind == .never {
            number += 1
            head.becomeAnother(number)
        }
        let verdict = head.judge(by: detector, remembering: &memory)
        var traits = sent.traits
        traits.head = verdict.headHash
        var hash = ByteHash()
        sent.fields.withBytes { hash.add($0) }
        traits.fields = hash.folded
        traits.fieldsBytes = UInt32(clamping: sent.fields.count)
        traits.shape = sent.participant.withBytes { ParticipantShape($0) }
        described.append(traits)
        verdicts.append(verdict)
    }

    /// The sequencer's part.
    func decide() -> UInt64 {
        var admitted: UInt64 = 0
        for traits in described { behaviour.anticipate(traits) }
        for (traits, verdict) in zip(described, verdicts) {
            milliseconds += 1
            let findings = behaviour.observe(traits, at: Timestamp(milliseconds: milliseconds))
            let weights = RobotDecision.Weights(
                signature: verdict.signatureWeight,
                consistency: verdict.weight &- verdict.signatureWeight,
                behaviour: findings.weight, lower: bounds.lower, upper: bounds.upper)
            if case .admit = RobotDecision(weights, .challenge, isSolved: false) { admitted += 1 }
        }
        described.removeAll(keepingCapacity: true)
        verdicts.removeAll(keepingCapacity: true)
        return admitted
    }
}
