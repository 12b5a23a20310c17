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
struct CohortDetector: ~Copyable, Sendable {
    var counts: CountSketch
    var cells: CohortTable
    private var windows: ZeroedTable

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

    /// Has the memory of these keys brought into the cache: all at once, where each by itself would
    /// be waited for.
    @inline(__always)
    func touch(_ keys: CohortKeys) -> UInt32 {
        let cohorts = cells.touch(keys.head) ^ cells.touch(keys.stem) ^ cells.touch(keys.cohort)
        let values =
            counts.touch(keys.fields) ^ counts.touch(keys.headFields) ^ counts.touch(keys.network)
            ^ counts.touch(keys.headNetwork) ^ counts.touch(keys.headStem)
        let words =
            counts.touch(keys.firstWord) ^ counts.touch(keys.cohortFirstWord)
            ^ counts.touch(keys.lastWord) ^ counts.touch(keys.cohortLastWord)
        let others =
            counts.touch(keys.domain) ^ counts.touch(keys.headDomain) ^ counts.touch(keys.form)
            ^ counts.touch(keys.headForm)
        return cohorts ^ values ^ words ^ others
    }

    /// Notes an entry and says what its cohorts show.
    /// - Parameters:
    ///   - isKnown: this participant has entered before: it adds to no cohort's size.
    ///   - pace: the most regular intervals so far; the cohorts' own join them.
    mutating func observe(
        _ entry: EntryTraits, _ keys: CohortKeys, isKnown: Bool, pace: inout PaceEvidence,
        at now: UInt32, into findings: inout BehaviourFindings
    ) {
        let isCounted = !entry.isReturning
        let crowd = windows.update(Int(entry.operation), of: OperationWindow.self) {
            $0.enter(isCounted: isCounted, isRepeated: isKnown, at: now)
        }
        guard !isKnown else {
            cells.update(keys.head, epoch: crowd.epoch, at: now) { $0.noteRepeat() }
            return
        }
        let moment = Moment(now: now, crowd: crowd, isCounted: isCounted)
        // How much of a newcomer this one is: the tenth of one network with this head is a tenth.
        let fromNetwork = counts.count(keys.headNetwork, epoch: moment.epoch, isCounted: isCounted)
        let novelty = 1 / (1 + fromNetwork)
        let head = noteHead(keys, moment, novelty: novelty, pace: &pace)
        addTemplate(entry, keys, moment, head: head, pace: &pace, to: &findings)
        addLikeness(entry, keys, moment, head: head, to: &findings)
        let cohort = addNames(entry, keys, moment, novelty: novelty, pace: &pace, to: &findings)
        addHead(head, moment, to: &findings)
        addBurst(head, cohort, moment, to: &findings)
        addNetwork(keys, moment, head: head, fromNetwork: fromNetwork, to: &findings)
    }

    /// - Returns: the head's cell as it was before.
    private mutating func noteHead(
        _ keys: CohortKeys, _ moment: Moment, novelty: Double, pace: inout PaceEvidence
    ) -> CohortCell {
        let place = keys.network >> 40
        let now = moment.now
        return cells.update(keys.head, epoch: moment.epoch, at: now) { cell in
            let before = cell
            if moment.isCounted {
                cell.noteInterval(at: now)
                cell.noteRecent(novelty, at: now)
                cell.noteParticipant(place: place, at: now)
            }
            pace.considerCohort(cell.intervals)
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

    private func addHead(
        _ head: CohortCell, _ moment: Moment, to findings: inout BehaviourFindings
    ) {
        guard moment.people >= Self.smallCrowd else { return }
        let count = Double(head.count)
        let share = count / moment.people
        if share > Self.largestHead, head.placeCount >= Self.fewestNetworks {
            findings.add(
                .head, bits: 4 * BinaryLogarithm.of(share / Self.largestHead),
                observed: 100 * share)
        }
        // People send one in so many entries twice: a click too many, a reload, a doubt.
        let outside = max(moment.people - count, 0)
        let repeatsOutside = max(moment.crowd.repeats - Double(head.repeats), 0)
        let expected = count * repeatsOutside / (outside + 50)
        guard expected > 4, Double(head.repeats) < 0.3 * expected else { return }
        findings.add(
            .tails, bits: BinaryLogarithm.of((expected + 1) / (Double(head.repeats) + 1)),
            observed: count)
    }

    // MARK: Bursts

    /// A crowd that is smaller has no shares to speak of.
    private static let settledCrowd = 150.0
    /// So unlikely must a burst be by chance, in bits: families, classes and moods come in clumps.
    private static let burstDeviance = 20.0

    /// A head, or a head and a pattern, whose share of the last minutes is a multiple of its share
    /// of all: people of one browser and one way to write their addresses do not come all at once,
    /// from everywhere, while the others stay away.
    private func addBurst(
        _ head: CohortCell, _ cohort: CohortCell, _ moment: Moment,
        to findings: inout BehaviourFindings
    ) {
        guard moment.people >= Self.settledCrowd else { return }
        let ratio = max(burst(of: head, moment), burst(of: cohort, moment))
        guard ratio > 1 else { return }
        findings.add(
            .burst, bits: 1.9 * BinaryLogarithm.of(ratio), observed: 100 * ratio)
    }

    /// How many times as many as its share of all; 1 where that may be chance.
    private func burst(of cell: CohortCell, _ moment: Moment) -> Double {
        let aged = RecentWeight.after(from: cell.last, to: moment.now)
        let recent = Double(cell.recent) * Double(aged)
        // The recent ones are among the count, too: what is expected comes from the others.
        let settled = max(moment.people - 1.5 * moment.crowd.recent, 0)
        let earlier = max(Double(cell.count) - 1.5 * recent, 0)
        let share = (earlier + 2) / (settled + 40)
        let expected = share * moment.crowd.recent
        guard recent > 2 * expected, recent > 5 else { return 1 }
        // Sums of weights have half of a Poisson count's variance: twice the sum is such a count.
        let deviance =
            2
            * (recent * BinaryLogarithm.of(recent / expected)
                - (recent - expected) * 1.442_695_040_888_963)
        return deviance > Self.burstDeviance ? (recent + 1) / (expected + 1) : 1
    }

    // MARK: Networks

    /// So many addresses of one network with one head are no family and no office.
    private static let fewestAddresses = 6

    private mutating func addNetwork(
        _ keys: CohortKeys, _ moment: Moment, head: CohortCell, fromNetwork: Double,
        to findings: inout BehaviourFindings
    ) {
        guard keys.network != 0 else { return }
        let inNetwork = counts.count(
            keys.network, epoch: moment.epoch, isCounted: moment.isCounted)
        guard fromNetwork >= 3 else { return }
        let place = keys.addressPlace
        let now = moment.now
        let addresses = cells.update(keys.headNetwork, epoch: moment.epoch, at: now) { cell in
            if moment.isCounted { cell.noteParticipant(place: place, at: now) }
            return cell.placeCount
        }
        guard addresses >= Self.fewestAddresses else { return }
        let lift = Lift(
            inside: fromNetwork, of: inNetwork, all: Double(head.count), of: moment.people,
            prior: Lift.Prior(share: 0.3, weight: 30))
        findings.add(
            .network, bits: 2.5 * lift.bits, observed: Double(addresses))
    }
}
