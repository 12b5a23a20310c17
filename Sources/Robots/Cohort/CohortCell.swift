/// What is kept of a cohort: of the entries of an operation that share a head, a head and a
/// pattern, a stem, or a head and a network. 64 bytes, one cache line.
struct CohortCell: BitwiseCopyable, Sendable {
    /// Which addresses, or networks, entered lately, one bit for a 64th of them.
    private(set) var places: UInt64 = 0
    /// Of the key; 0 in a cell that is not used.
    private(set) var tag: UInt32 = 0
    private var epoch: UInt32 = 0
    /// When the last participant came; 0 before the first.
    private(set) var last: UInt32 = 0
    private(set) var intervals = IntervalSummary()
    /// New participants lately.
    private(set) var count: Float = 0
    /// Repeated entries lately.
    private(set) var repeats: Float = 0
    /// Names that had been seen in the cohort before, and how many of those were to be expected.
    private(set) var matches: Float = 0
    private(set) var expectedMatches: Float = 0
    /// The number in the last participant's string.
    private(set) var number: UInt32 = 0
    /// Steps by a little from one such number to the next, lately.
    private(set) var steps: Float = 0
    /// New participants of the last minutes by ``RecentWeight``, those of one network for less
    /// each.
    private(set) var recent: Float = 0

    init() {}

    init(tag: UInt32, epoch: UInt32) {
        self.tag = tag
        self.epoch = epoch
    }

    /// How many 64ths of the places entered lately; up to a dozen that is their number, nearly.
    var placeCount: Int { places.nonzeroBitCount }

    mutating func noteRepeat() {
        repeats += 1
    }

    /// Notes a new participant; after whatever needs to know when the one before came.
    mutating func noteParticipant(place: UInt64, at now: UInt32) {
        count += 1
        places |= 1 << (place & 63)
        last = max(now, 1)
    }

    /// - Parameter share: how much the participant counts.
    mutating func noteRecent(_ share: Double, at now: UInt32) {
        recent = recent * RecentWeight.after(from: last, to: now) + Float(share)
    }

    mutating func noteInterval(at now: UInt32) {
        guard last != 0 else { return }
        intervals.add(from: last, to: now)
    }

    mutating func noteName(matches: Double, expected: Double) {
        self.matches += Float(matches)
        expectedMatches += Float(expected)
    }

    /// Notes a number, and whether it is a little more or less than the one before.
    mutating func noteNumber(_ new: UInt32) -> Bool {
        let distance = new > number ? new - number : number - new
        number = new
        let isStep = distance > 0 && distance <= Self.longestStep
        if isStep { steps += 1 }
        return isStep
    }

    /// Several programs at once, or answers in another order, still count up by little.
    static let longestStep: UInt32 = 32

    /// Forgets by half for each epoch that has passed.
    mutating func age(to current: UInt32) {
        let passed = current &- epoch
        guard passed > 0 else { return }
        epoch = current
        let factor = passed >= 24 ? 0 : 1 / Float(UInt32(1) << passed)
        count *= factor
        repeats *= factor
        matches *= factor
        expectedMatches *= factor
        steps *= factor
        // Every second bit by turns: a place that still enters sets its bit again.
        places &= current & 1 == 0 ? 0x5555_5555_5555_5555 : 0xAAAA_AAAA_AAAA_AAAA
    }
}
