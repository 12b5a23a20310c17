/// Layer 4: many participants that look alike.
///
/// People who share one thing differ in all others as much as everybody else does: whoever comes by
/// one advertisement has one source and often one browser, but all sorts of names. A program's
/// participants share a head and come from one generator. So a cohort is compared with the rest of
/// its own operation, and not with an average crowd: a school, an office, an application of the
/// client's are what they are in all their entries.
///
/// An address is a place among many and never evidence in itself: what counts is only from *how
/// many* addresses a cohort comes.
///
/// What a new participant costs is bounded by what is asked of whom: sizes, bursts and names of
/// all; likeness of a sample, of whoever has something else against him, and of heads whose sample
/// looks alike.
struct CohortDetector: ~Copyable, Sendable {
    var counts: CountSketch
    var cells: CohortTable
    private var windows: ZeroedTable

    /// One participant in four, by a keyed hash.
    static let sampleMask: UInt64 = 3

    init(capacity: BehaviourCapacity) {
        windows = ZeroedTable(of: OperationWindow.self, count: capacity.operations)
        counts = CountSketch(counters: capacity.counters)
        cells = CohortTable(cells: capacity.cells)
    }

    var memoryBytes: Int { windows.memoryBytes + counts.memoryBytes + cells.memoryBytes }

    /// When an entry comes, and what came before it.
    struct Moment {
        let now: UInt32
        let crowd: OperationWindow.Crowd
        /// It adds to what is remembered; one that returns with its ticket has done so already.
        let isCounted: Bool

        var epoch: UInt32 { crowd.epoch }
        var people: Double { crowd.participants }
    }

    /// Asks for the memory of these keys: all at once, where each by itself would be waited for.
    @inline(__always)
    func prefetch(_ keys: CohortKeys, _ entry: EntryTraits, mixer: KeyMixer) {
        cells.prefetch(keys.head)
        cells.prefetch(keys.cohort)
        counts.prefetch(keys.stem)
        counts.prefetch(keys.headNetwork)
        if keys.hasWord {
            counts.prefetch(keys.word)
            counts.prefetch(keys.cohortWord)
        }
        if keys.isSampled { prefetchLikeness(keys, entry, mixer: mixer) }
    }

    /// Asks for the memory that comparing an entry with others of its head looks at.
    @inline(__always)
    func prefetchLikeness(_ keys: CohortKeys, _ entry: EntryTraits, mixer: KeyMixer) {
        let likeness = LikenessKeys(entry, keys, mixer: mixer)
        // The rest has few values: those are at hand.
        counts.prefetch(likeness.headLetters)
        counts.prefetch(likeness.headDomain)
        counts.prefetch(likeness.fields)
        counts.prefetch(likeness.headFields)
        counts.prefetch(likeness.headForm)
        counts.prefetch(keys.network)
    }

    /// Whether all rules look at an entry: one of the sample's, or of a head that is suspect.
    @inline(__always)
    func isThorough(_ keys: CohortKeys) -> Bool {
        keys.isSampled || cells.isSuspect(keys.head)
    }

    /// Notes an entry and says what its cohorts show.
    /// - Parameters:
    ///   - isKnown: this participant has entered before: it adds to no cohort's size.
    ///   - isThorough: see ``isThorough(_:)``.
    ///   - pace: the most regular intervals so far; the cohorts' own join them.
    @inline(__always)
    mutating func observe(
        _ entry: EntryTraits, _ keys: CohortKeys, isKnown: Bool, isThorough: Bool,
        pace: inout PaceEvidence, at now: UInt32, mixer: KeyMixer,
        into findings: inout BehaviourFindings
    ) {
        let isCounted = !entry.isReturning
        let isSampled = isCounted && keys.isSampled
        let crowd = windows.update(Int(entry.operation), of: OperationWindow.self) {
            $0.enter(isCounted: isCounted, isRepeated: isKnown, isSampled: isSampled, at: now)
        }
        guard !isKnown else {
            cells.update(keys.head, epoch: crowd.epoch, at: now) { $0.noteRepeat() }
            return
        }
        let moment = Moment(now: now, crowd: crowd, isCounted: isCounted)
        // How much of a newcomer this one is: the tenth of one network with this head is a tenth.
        let fromNetwork = counts.count(keys.headNetwork, epoch: moment.epoch, isCounted: isCounted)
        let novelty = 1 / (1 + fromNetwork)
        let head = noteHead(keys, moment, novelty: novelty)
        let cohort = noteCohort(keys, moment, novelty: novelty)
        let isHeadKnown = !entry.isRelayed
        if isThorough, isHeadKnown { pace.considerCohort(head.intervals) }
        if entry.shape.stem != 0 {
            addTemplate(entry, keys, moment, head: head, pace: &pace, to: &findings)
        }
        addNames(cohort, to: &findings)
        if isHeadKnown { addHead(head, moment, to: &findings) }
        let isBurst = addBurst(isHeadKnown ? head : cohort, cohort, moment, to: &findings)
        if isCounted, !isBurst {
            windows.update(Int(entry.operation), of: OperationWindow.self) { $0.noteCalm() }
        }
        if isHeadKnown, isThorough || findings.count > 0 || pace.isRegular {
            addLikeness(
                entry, keys, moment, head: head, fromNetwork: fromNetwork, mixer: mixer,
                isRegular: pace.isRegular, to: &findings)
        }
    }

    /// - Returns: the head's cell as it was before.
    @inline(__always)
    private mutating func noteHead(
        _ keys: CohortKeys, _ moment: Moment, novelty: Double
    ) -> CohortCell {
        // Keyed, so that nobody can aim at a few places.
        let place = keys.headNetwork >> 40
        let now = moment.now
        return cells.update(keys.head, epoch: moment.epoch, at: now) { cell in
            let before = cell
            if moment.isCounted {
                cell.noteInterval(at: now)
                cell.noteRecent(novelty, at: now)
                cell.noteParticipant(place: place, at: now)
                if keys.isSampled { cell.noteSampled() }
            }
            return before
        }
    }

    /// Notes a participant of a head and a pattern, and its last word.
    /// - Returns: the cell of head and pattern as it was before.
    @inline(__always)
    private mutating func noteCohort(
        _ keys: CohortKeys, _ moment: Moment, novelty: Double
    ) -> CohortCell {
        let now = moment.now
        let word =
            keys.hasWord && moment.isCounted ? countWord(keys, moment) : nil
        return cells.update(keys.cohort, epoch: moment.epoch, at: now) { cell in
            let before = cell
            if moment.isCounted {
                cell.noteRecent(novelty, at: now)
                cell.noteParticipant(place: 0, at: now)
                if let word {
                    cell.noteName(
                        seen: word.seen, matches: word.matches,
                        expected: word.expected(of: Double(before.count), people: moment.people))
                }
            }
            return before
        }
    }

    // MARK: Heads

    /// No browser with one version and language has more of a public crowd.
    private static let largestHead = 0.45
    /// From fewer networks it may be a house with its own devices.
    private static let fewestNetworks = 5
    /// Fewer people are a family, a class, a test.
    private static let smallCrowd = 60.0

    @inline(__always)
    private func addHead(
        _ head: CohortCell, _ moment: Moment, to findings: inout BehaviourFindings
    ) {
        guard moment.people >= Self.smallCrowd else { return }
        let count = Double(head.count)
        if count > Self.largestHead * moment.people, head.placeCount >= Self.fewestNetworks {
            let share = count / moment.people
            findings.add(
                .head, bits: 4 * BinaryLogarithm.of(share / Self.largestHead),
                observed: 100 * share)
        }
        // People send one in so many entries twice: a click too many, a reload, a doubt.
        let outside = max(moment.people - count, 0)
        let repeats = Double(head.repeats)
        let repeatsOutside = max(moment.crowd.repeats - repeats, 0)
        // What is expected of the head, times the weight of those outside.
        let weight = outside + 50
        let product = count * repeatsOutside
        guard product > 4 * weight, repeats * weight < 0.3 * product else { return }
        findings.add(
            .tails, bits: BinaryLogarithm.of((product / weight + 1) / (repeats + 1)),
            observed: count)
    }

    // MARK: Bursts

    /// Of a smaller crowd, or of one that has just come, nothing is known to compare with.
    private static let settledCrowd = 150.0
    /// So many times as many as usual of those who are in no burst, and a few, are a rush: it comes
    /// by one message, one video, one application, and has little in common with who came before.
    private static let rush = 1.5
    private static let rushMinimum = 5.0
    /// So unlikely must a burst be by chance, in bits: families, classes and moods come in clumps.
    private static let burstDeviance = 20.0

    /// A head, or a head and a pattern, whose share of the last minutes is a multiple of its share
    /// of all: people of one browser and one way to write their addresses do not come all at once,
    /// from everywhere, while the others come as they did.
    /// - Returns: whether there is a burst; in a rush it speaks against nobody.
    @inline(__always)
    private func addBurst(
        _ head: CohortCell, _ cohort: CohortCell, _ moment: Moment,
        to findings: inout BehaviourFindings
    ) -> Bool {
        let crowd = moment.crowd
        let settled = crowd.participants - 1.5 * crowd.recent
        guard settled >= Self.settledCrowd else { return false }
        let ratio = max(
            burst(of: head, moment, settled: settled), burst(of: cohort, moment, settled: settled))
        guard ratio > 1 else { return false }
        if crowd.calm <= Self.rush * crowd.usual + Self.rushMinimum {
            findings.add(
                .burst, bits: 1.9 * BinaryLogarithm.of(ratio), observed: 100 * ratio)
        }
        return true
    }

    /// How many times as many as its share of all; 1 where that may be chance.
    @inline(__always)
    private func burst(of cell: CohortCell, _ moment: Moment, settled: Double) -> Double {
        // It has not grown since it was noted: as it was then suffices to say that it is small.
        guard cell.recent > 5 else { return 1 }
        let aged = RecentWeight.after(from: cell.last, to: moment.now)
        let recent = Double(cell.recent) * Double(aged)
        // The recent ones are among the count, too: what is expected comes from the others.
        let others = settled + 40
        let earlier = max(Double(cell.count) - 1.5 * recent, 0) + 2
        guard recent > 5, recent * others > 2 * earlier * moment.crowd.recent else { return 1 }
        let expected = earlier / others * moment.crowd.recent
        // Sums of weights have half of a Poisson count's variance: twice the sum is such a count.
        let deviance =
            2
            * (recent * BinaryLogarithm.of(recent / expected)
                - (recent - expected) * 1.442_695_040_888_963)
        return deviance > Self.burstDeviance ? (recent + 1) / (expected + 1) : 1
    }
}
