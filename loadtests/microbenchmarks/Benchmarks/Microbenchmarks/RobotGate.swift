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
    private let passers: Passers
    private var generator = SeededGenerator(seed: 6)
    private var layers: Layers

    /// - Parameter passed: how many entries have been noted before.
    init(_ passers: Passers, _ kind: Heads = .repeated, passed: Int = 1_000_000) throws {
        self.passers = passers
        let own = kind == .never ? SentHead.zeros : ""
        heads = try (0..<Passers.heads).map {
            try SentHead(browserRequest(language: "fr-\(own)\($0)"))
        }
        layers = Layers(kind)
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
    func judge(_ entries: [Sent]) -> UInt64 { layers.judge(entries, heads) }

    /// The worker's part.
    func describe(_ sent: Sent) { layers.describe(sent, heads[sent.head]) }

    /// The sequencer's part.
    func decide() -> UInt64 { layers.decide() }
}

/// What a worker and the sequencer hold of all layers: a value, as it is there, so that no access
/// to a part of it is checked.
private struct Layers: ~Copyable {
    /// An entry that has been described and is not decided yet: of the verdict on its head the
    /// weights alone go to the sequencer.
    private struct Described {
        var traits: EntryTraits
        var signature: Int32 = 0
        var consistency: Int32 = 0
    }

    private let kind: RobotGate.Heads
    private var number: UInt64 = 0
    private let detector = RobotDetector(.shipped)
    private var memory = HeadMemory()
    private var behaviour = BehaviourDetector(seed: 5)
    private let bounds = (lower: Ruleset.shipped.lower, upper: Ruleset.shipped.upper)
    private var milliseconds: Int64 = 1_795_176_000_000
    private var described: [Described] = []

    init(_ kind: RobotGate.Heads) {
        self.kind = kind
        described.reserveCapacity(entriesAhead)
    }

    mutating func judge(_ entries: [RobotGate.Sent], _ heads: [SentHead]) -> UInt64 {
        var admitted: UInt64 = 0
        for start in stride(from: 0, to: entries.count, by: entriesAhead) {
            for index in start..<min(start + entriesAhead, entries.count) {
                describe(entries[index], heads[entries[index].head])
            }
            admitted += decide()
        }
        return admitted
    }

    mutating func describe(_ sent: RobotGate.Sent, _ head: SentHead) {
        guard !head.hasPermit else { return }
        if kind == .never {
            number += 1
            head.becomeAnother(number)
        }
        var entry = Described(traits: sent.traits)
        switch head.judge(by: detector, remembering: &memory) {
        case .nothing(let headHash): entry.traits.head = headHash
        case .verdict(let verdict):
            entry.traits.head = verdict.headHash
            entry.signature = verdict.signatureWeight
            entry.consistency = verdict.weight &- verdict.signatureWeight
        }
        var hash = ByteHash()
        sent.fields.withBytes { hash.add($0) }
        entry.traits.fields = hash.folded
        entry.traits.fieldsBytes = UInt32(clamping: sent.fields.count)
        entry.traits.shape = sent.participant.withBytes { ParticipantShape($0) }
        described.append(entry)
    }

    mutating func decide() -> UInt64 {
        var admitted: UInt64 = 0
        for index in described.indices { behaviour.anticipate(described[index].traits) }
        for index in described.indices {
            milliseconds += 1
            let findings = behaviour.observe(
                described[index].traits, at: Timestamp(milliseconds: milliseconds))
            let weights = RobotDecision.Weights(
                signature: described[index].signature,
                consistency: described[index].consistency,
                behaviour: findings.weight, lower: bounds.lower, upper: bounds.upper)
            if case .admit = RobotDecision(weights, .challenge, solved: nil) { admitted += 1 }
        }
        described.removeAll(keepingCapacity: true)
        return admitted
    }
}
