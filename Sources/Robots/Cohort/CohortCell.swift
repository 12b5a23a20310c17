/// What is kept of a cohort: of the entries of an operation that share a head, a head and a
/// pattern, a stem, or a head and a network. 64 bytes, one cache line.
///
/// All cohorts have a size, intervals and places; what else is summed depends on what they share:
/// see the extensions below.
struct CohortCell: BitwiseCopyable, Sendable {
    /// Which addresses, or networks, entered lately, one bit for a 64th of them.
    private(set) var places: UInt64 = 0
    /// Of the key; 0 in a cell that is not used.
    private(set) var tag: UInt32 = 0
    /// When the last participant came; 0 before the first.
    private(set) var last: UInt32 = 0
    private(set) var intervals = IntervalSummary()
    /// The lowest 16 bits of the epoch to which all sums are aged.
    private var epoch: UInt16 = 0
    /// The number in the last participant's string; of stems.
    private(set) var number: UInt32 = 0
    /// By ``Sum``.
    private var sums = SIMD8<Float>()

    /// Places in ``sums``: the first two are every cohort's, the others by its kind.
    private enum Sum {
        static let count = 0
        static let recent = 1

        static let repeats = 2
        static let sampled = 3
        static let suspicion = 4

        static let matches = 2
        static let named = 3
        static let expectedMatches = 4
        static let pairs = 5
        static let triples = 6

        static let steps = 2
    }

    init() {}

    init(tag: UInt32, epoch: UInt32) {
        self.tag = tag
        self.epoch = UInt16(truncatingIfNeeded: epoch)
    }

    /// New participants lately.
    var count: Float { sums[Sum.count] }

    /// New participants of the last minutes by ``RecentWeight``, those of one network for less
    /// each.
    var recent: Float { sums[Sum.recent] }

    /// How many 64ths of the places entered lately; up to a dozen that is their number, nearly.
    var placeCount: Int { places.nonzeroBitCount }

    /// Notes a new participant; after whatever needs to know when the one before came.
    @inline(__always)
    mutating func noteParticipant(place: UInt64, at now: UInt32) {
        sums[Sum.count] += 1
        places |= 1 << (place & 63)
        last = max(now, 1)
    }

    /// - Parameter share: how much the participant counts.
    @inline(__always)
    mutating func noteRecent(_ share: Double, at now: UInt32) {
        sums[Sum.recent] = sums[Sum.recent] * RecentWeight.after(from: last, to: now) + Float(share)
    }

    @inline(__always)
    mutating func noteInterval(at now: UInt32) {
        guard last != 0 else { return }
        intervals.add(from: last, to: now)
    }

    /// Forgets by half for each epoch that has passed.
    @inline(__always)
    mutating func age(to current: UInt32) {
        let passed = UInt16(truncatingIfNeeded: current) &- epoch
        if passed > 0 { forget(passed, to: current) }
    }

    private mutating func forget(_ passed: UInt16, to current: UInt32) {
        epoch = UInt16(truncatingIfNeeded: current)
        let factor = passed >= 24 ? 0 : 1 / Float(UInt32(1) << UInt32(passed))
        let recent = sums[Sum.recent]
        sums *= factor
        // This one forgets by the clock.
        sums[Sum.recent] = recent
        // Every second bit by turns: a place that still enters sets its bit again.
        places &= current & 1 == 0 ? 0x5555_5555_5555_5555 : 0xAAAA_AAAA_AAAA_AAAA
    }
}

// MARK: Cohorts that share a head

extension CohortCell {
    /// Repeated entries lately.
    var repeats: Float { sums[Sum.repeats] }

    /// New participants lately whose likeness was counted.
    var sampled: Float { sums[Sum.sampled] }

    /// Participants of this head looked alike lately: all of its entries are looked at.
    var isSuspect: Bool { sums[Sum.suspicion] > 0 }

    mutating func noteRepeat() {
        sums[Sum.repeats] += 1
    }

    mutating func noteSampled() {
        sums[Sum.sampled] += 1
    }

    /// One that looks alike outweighs eight that do not.
    mutating func noteLikeness(_ isAlike: Bool) {
        sums[Sum.suspicion] = isAlike ? 8 : max(sums[Sum.suspicion] - 1, 0)
    }
}

// MARK: Cohorts that share a head and a pattern

extension CohortCell {
    /// Names that had been seen in the cohort before, each for a few at most.
    var matches: Float { sums[Sum.matches] }

    /// How many of those were to be expected.
    var expectedMatches: Float { sums[Sum.expectedMatches] }

    /// The names of the cohort repeat evenly, as if all were as frequent.
    ///
    /// With n draws from m names that are equally likely, there are n² / 2m pairs of one name and
    /// n³ / 6m² triples: ⅔ pairs² / n. Any other frequencies give more triples for as many pairs,
    /// and those of people's names, which have heavy tails everywhere, many times as many. Half as
    /// many again are allowed, and two for chance; while a list has fewer than 2⅔, that there are
    /// few says nothing. A list of fewer than twenty names is a word that the operation's
    /// participants have in common.
    var isEven: Bool {
        let count = sums[Sum.named]
        let pairs = sums[Sum.pairs]
        let allowed = pairs * pairs
        return pairs * 40 < count * count && allowed > 4 * count
            && (sums[Sum.triples] - 2) * count < allowed
    }

    /// - Parameter seen: how often the name was seen in the cohort before.
    mutating func noteName(seen: Double, matches: Double, expected: Double) {
        sums[Sum.named] += 1
        sums[Sum.matches] += Float(matches)
        sums[Sum.expectedMatches] += Float(expected)
        sums[Sum.pairs] += Float(seen)
        sums[Sum.triples] += Float(max(seen - 1, 0) * seen * 0.5)
    }
}

// MARK: Cohorts that share a stem

extension CohortCell {
    /// Steps by a little from one number in the string to the next, lately.
    var steps: Float { sums[Sum.steps] }

    /// Notes a number, and whether it is a little more or less than the one before.
    mutating func noteNumber(_ new: UInt32) -> Bool {
        let distance = new > number ? new - number : number - new
        number = new
        let isStep = distance > 0 && distance <= Self.longestStep
        if isStep { sums[Sum.steps] += 1 }
        return isStep
    }

    /// Several programs at once, or answers in another order, still count up by little.
    static let longestStep: UInt32 = 32
}
