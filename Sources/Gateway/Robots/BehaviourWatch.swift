internal import Robots
internal import Time

/// What the sequencer remembers of how entries come: layers 3 and 4, beside the fold.
///
/// Measured and not folded: a replay takes what was decided for what it is, and after a start it
/// begins anew. Bounded by `limits.behaviour_bytes`; 0 switches both layers off.
struct BehaviourWatch: ~Copyable, Sendable {
    private var detector: BehaviourDetector
    private let isOn: Bool
    /// The number of the ruleset whose weights the detector has.
    private var ruleset: UInt16

    /// - Parameters:
    ///   - ruleset: what its rules may weigh.
    ///   - bytes: that its tables may take; memory is taken as they are used.
    ///   - seed: of the tables' hashes; drawn at the start.
    init(_ ruleset: RobotRuleset, bytes: Int, seed: UInt64) {
        isOn = bytes > 0
        self.ruleset = ruleset.number
        detector = BehaviourDetector(
            capacity: BehaviourCapacity(bytes: bytes), settings: ruleset.ruleset.behaviour,
            seed: seed)
    }

    /// Takes the weights of the ruleset in force; what is remembered stays. Called once a turn.
    mutating func update(from current: CurrentRuleset) {
        guard current.number != ruleset else { return }
        let fresh = current.current
        ruleset = fresh.number
        detector.settings = fresh.ruleset.behaviour
    }

    /// See ``BehaviourDetector/anticipate(_:)``.
    func anticipate(_ entry: EntryTraits) {
        if isOn { detector.anticipate(entry) }
    }

    /// Notes an entry that is being decided, and says what speaks for a program.
    mutating func observe(_ entry: EntryTraits, at time: Timestamp) -> BehaviourFindings {
        isOn ? detector.observe(entry, at: time) : BehaviourFindings()
    }
}

extension BehaviourCapacity {
    /// The largest tables that these bytes hold, each half or double of what it usually is.
    init(bytes: Int) {
        self.init()
        var taken = Self.usualBytes
        while taken > bytes, rhythmSlots > Self.leastSlots {
            resize(by: -1)
            taken /= 2
        }
        while taken * 2 <= bytes, rhythmSlots < Self.mostSlots {
            resize(by: 1)
            taken *= 2
        }
    }

    /// What the usual tables take, rounded up: a million addresses and participants.
    private static var usualBytes: Int { 64 << 20 }
    private static var leastSlots: Int { 1 << 12 }
    private static var mostSlots: Int { 1 << 26 }

    private mutating func resize(by powers: Int) {
        rhythmSlots = powers > 0 ? rhythmSlots << powers : rhythmSlots >> -powers
        cells = powers > 0 ? cells << powers : cells >> -powers
        counters = powers > 0 ? counters << powers : counters >> -powers
    }
}
