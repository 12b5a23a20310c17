import Bytes
import Cryptography
import Ledger
import LockFree
import Robots
import Sockets
import Time

@testable import Gateway

/// A worker's side of its lane, without sockets: looks keys and operations up in a directory of its
/// own, posts entries, and counts what they are answered, as a worker does.
final class SimulatedLoop {
    private let shared: Shared
    private let number: Int
    private let lane: WorkerLane
    private let planted: PlantedFault?
    /// Messages and answers so far: what a planted fault counts by.
    private var messages = 0
    private var answered = 0
    private var directory = Directory()
    private var lastPermits: [UInt32: UInt32] = [:]
    private var leafKeys = LeafKeyTable()
    private var sealer = Sealer()
    private var rings: RingChoice
    /// By operation: connections whose entries are not answered, in the order of these.
    private var waiting: [UInt32: Queue] = [:]
    /// An answer that came before that of an earlier entry of its operation.
    private(set) var overtaking: AnswerEnvelope?
    /// Answers since they were last taken, oldest first.
    private var answers: [AnswerEnvelope] = []
    /// Entries that wait for an answer.
    private(set) var inFlight = 0

    init(_ shared: Shared, number: Int, planted: PlantedFault? = nil) {
        self.shared = shared
        self.number = number
        self.planted = planted
        lane = shared.lanes[number]
        rings = RingChoice(lane)
    }

    /// First in, first out.
    private struct Queue {
        private var connections: [UInt32] = []
        private var first = 0

        mutating func append(_ connection: UInt32) { connections.append(connection) }

        mutating func removeFirst() -> UInt32? {
            guard first < connections.count else { return nil }
            defer { first += 1 }
            return connections[first]
        }
    }

    /// An entry of a person, on its way to the sequencer.
    struct Entry {
        /// Index of the operation, and of its front-end key.
        var operation: UInt32
        var key: UInt32
        var person: UInt64
        /// The connection's place: comes back with the answer.
        var connection: UInt32
        var ticket: UInt64 = 0
        var ticketEpoch: UInt64 = 0
        /// Stands for the `Idempotency-Key`; nil where there is none.
        var idempotency: UInt64?
        var isAgeConfirmed = false
        var hasConsents = true
        /// The campaign tag; nil where there is none.
        var source: String?
        /// Of the household; nil where the loop's settings limit none.
        var secondKey: UInt64?
        /// What robots are told by; nil where the operation does not ask.
        var traits: EntryTraits?
        /// What the loop tells participants apart by; nil for an entry on record.
        var identity: Identity?

        /// What an entry's fingerprints depend on.
        struct Identity: Equatable {
            var isEmail: Bool
            var hasSecondKey: Bool
            /// How many consents an entry must give.
            var consents: Int
            /// As the profile has it.
            var mark: UInt32
        }
        var challenge = SolvedChallenge.absent
        /// What it is, where it is no person's.
        var look = Look.person

        /// How an entry looks, and what its operation has done about that.
        enum Look: CaseIterable {
            case person
            /// A robot that is let in, and counts as one.
            case robot
            /// It is let in with a solved challenge only.
            case suspect
            /// A robot that is refused.
            case refused

            /// What it counts as where it is let in.
            var countedAs: CountedAs {
                switch self {
                case .person, .suspect, .refused: .participant
                case .robot: .robot
                }
            }

            /// What a worker would have found of its head.
            var suspicion: RobotSuspicion {
                var suspicion = RobotSuspicion()
                suspicion.lower = 2_300
                suspicion.upper = 6_900
                switch self {
                case .person: break
                case .robot: (suspicion.measure, suspicion.weight) = (.observe, 6_900)
                case .suspect: (suspicion.measure, suspicion.weight) = (.refuse, 6_899)
                case .refused: (suspicion.measure, suspicion.weight) = (.refuse, 9_200)
                }
                suspicion.signatureWeight = suspicion.weight
                return suspicion
            }
        }
        /// Index of the permit that it comes with; nil for none.
        var permit: UInt32?

        func command(leaf: UInt64) -> EntryCommand {
            EntryCommand(
                operation: operation, key: key, participant: Self.fingerprint(person),
                idempotency: idempotency.map(Self.fingerprint) ?? .none,
                secondKey: secondKey.map(Self.fingerprint) ?? .none,
                ageConfirmed: isAgeConfirmed, consentsGiven: hasConsents,
                identityMark: identity?.mark ?? EntryCommand.recordedMark, leaf: leaf,
                challenge: challenge, permit: permit ?? EntryCommand.noPermit)
        }

        /// Spread as a keyed hash is, which the tables rely on; the lower word tells the number.
        static func fingerprint(_ number: UInt64) -> Fingerprint {
            var mixed = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Fingerprint(high: mixed ^ (mixed >> 31), low: number)
        }
    }

    /// Seals an entry under a leaf of its own, and hands it over.
    /// - Returns: false where the ring has no room, or there is no leaf: the entry is shed.
    func post(_ entry: Entry) -> Bool {
        guard let profile = directory.operation(entry.operation),
            let key = leafKeys.next(of: profile, from: shared.leaves)
        else { return false }
        var record = ByteBuffer(capacity: 256)
        let source = entry.source ?? ""
        let command = entry.command(leaf: key.leaf)
        let isSolved = entry.challenge.state == .solved
        let extensionBytes =
            (isSolved ? EntryExtensions.challengeBytes : 0)
            + (command.secondKey.isNone ? 0 : EntryExtensions.secondKeyBytes)
            + (command.isTest ? EntryExtensions.permitBytes : 0)
        var envelope = EntryEnvelope(
            connection: EventToken(place: entry.connection, generation: 0),
            handedOver: shared.clock.monotonicNanoseconds(),
            command: command, ticket: entry.ticket, ticketEpoch: entry.ticketEpoch,
            suspicion: entry.look.suspicion, extensionBytes: UInt16(extensionBytes),
            sourceBytes: UInt16(source.utf8.count))
        if shared.cluster != nil {
            envelope.settingsMark = profile.settingsMark
            envelope.mayRepeat = profile.isRepeatable || entry.idempotency != nil
        }
        if let traits = entry.traits {
            envelope.suspicion.measure = .observe
            envelope.traits = traits
        }
        let isHeld = shared.board.isHeld(entry.operation)
        let ring = isHeld ? rings.heldCommands : rings.commands
        if planted != .entriesOvertake {
            envelope.behind = rings.behind(entry.operation, isHeld: isHeld)
        }
        record.append(envelope)
        if isSolved { EntryExtensions.append(entry.challenge, to: &record) }
        if !command.secondKey.isNone {
            EntryExtensions.append(secondKey: command.secondKey, to: &record)
        }
        if command.isTest { EntryExtensions.append(permit: command.permit, to: &record) }
        record.append(source)
        Self.seal(entry.person, &sealer, leafKeys, key, into: &record)
        let shedding = shared.board.shedding(of: entry.operation, at: shared.ledgerTime)
        guard ring.push(record.bytes, leaving: shedding.reserve(of: ring.capacity)) else {
            shared.instruments.countShed(shedding, lane: number)
            return false
        }
        rings.record(entry.operation, isHeld: isHeld)
        waiting[entry.operation, default: Queue()].append(entry.connection)
        inFlight += 1
        return true
    }

    private static func seal(
        _ person: UInt64, _ sealer: inout Sealer, _ leafKeys: borrowing LeafKeyTable,
        _ key: LeafKeyTable.Key, into record: inout ByteBuffer
    ) {
        var participant = ByteBuffer(capacity: 8)
        participant.append(littleEndian: person)
        var fields = ByteBuffer(capacity: 32)
        fields.append("{\"name\":\"Zoë\"}" as StaticString)
        sealer.seal(
            participant.bytes, fields.bytes, key: leafKeys.secret(key), into: &record)
    }

    // MARK: The directory

    /// The operation that has this name, as far as the loop knows.
    func operation(named name: String) -> OperationProfile? {
        name.withBytes { directory.operation(named: $0) }
    }

    /// The permit of the operation that the loop has heard of last, in force or not.
    func permit(of operation: UInt32) -> UInt32? { lastPermits[operation] }

    func key(_ index: UInt32) -> DirectoryKey? { directory.key(index) }

    func key(digest: SHA256Digest) -> DirectoryKey? { directory.key(digest: digest) }

    // MARK: What comes

    /// Reads what the sequencer and the projector left for this loop.
    func receive() {
        for message in lane.drainMessages() {
            if case .ping(let sent) = message {
                shared.instruments.recordLoopLag(
                    nanoseconds: shared.clock.monotonicNanoseconds() - sent, lane: number)
                continue
            }
            messages += 1
            if planted == .loopMessageLost, messages % 8 == 0 { continue }
            switch message {
            case .operation(let profile): directory.update(profile)
            case .retired(let rest, let successor, let keys):
                directory.retire(rest, successor: successor, keys: keys)
                leafKeys.remove(rest.index)
                rings.forget(rest.index)
                sealer = Sealer()
            case .key(let key): directory.update(key)
            case .permit(let permit):
                directory.update(permit)
                lastPermits[permit.operation] = permit.token.index
            default: break
            }
        }
        while lane.answers.pop({ record in
            let answer = record.envelope(as: AnswerEnvelope.self)
            answered += 1
            if waiting[answer.operation]?.removeFirst() != answer.connection.place {
                overtaking = overtaking ?? answer
            }
            shared.instruments.count(answer.verdict, of: answer.operation, lane: number)
            shared.instruments.count(
                .public, .entries, answer.verdict.meaning.status, nanoseconds: 0, lane: number)
            if planted == .answerLost, answered % 100 == 0 { return }
            answers.append(answer)
            inFlight -= 1
        }) {}
    }

    /// Takes the answers that came since the last call.
    func drainAnswers() -> [AnswerEnvelope] {
        defer { answers = [] }
        return answers
    }

    /// Whether an answer has left for the loop that it has not read.
    var hasUnreadAnswer: Bool { !lane.answers.isEmpty }
}
