extension CohortDetector {
    /// A head of fewer participants in the sample shows nothing of what they have in common.
    private static let fewestMembers = 8.0
    /// Shorter `fields` are alike in everybody: `{}`, `{"a":1}`.
    private static let shortestFields: UInt32 = 12
    /// From so much likeness on all entries of a head are looked at, in bits. From 1.5
    /// on half of a crowd's heads were, by chance.
    private static let suspiciousBits = 2.5

    /// What entries of this head have more often than others: the pattern of their participants,
    /// their domain, their form's contents, the time for it, their network.
    ///
    /// Counted of a sample, by a hash that nobody can foresee; everybody is compared with it.
    /// - Parameter isRegular: the intervals are a program's; one more reason to look at the head.
    @inline(never)
    mutating func addLikeness(
        _ entry: EntryTraits, _ keys: CohortKeys, _ moment: Moment, head: CohortCell,
        fromNetwork: Double, mixer: KeyMixer, isRegular: Bool,
        to findings: inout BehaviourFindings
    ) {
        let likeness = LikenessKeys(entry, keys, mixer: mixer)
        let sample = Sample(keys, moment, head: head)
        let epoch = moment.epoch
        let isCounted = sample.isCounted
        // All memory first: the comparisons wait for nothing then.
        let pattern = counts.pair(keys.pattern, keys.cohort, epoch, isCounted)
        let letters = counts.pair(likeness.letters, likeness.headLetters, epoch, isCounted)
        let domain = counts.pair(likeness.domain, likeness.headDomain, epoch, isCounted)
        let fields = counts.pair(likeness.fields, likeness.headFields, epoch, isCounted)
        let form = counts.pair(likeness.form, likeness.headForm, epoch, isCounted)
        var bits = 0.0
        if sample.members >= Self.fewestMembers {
            bits += addLift(.pattern, pattern, share: 0.15, sample, to: &findings)
            if entry.shape.lastWord != 0 {
                let share = Self.consonantShare(entry.shape.consonants)
                bits += addLift(.letters, letters, share: share, sample, to: &findings)
            }
            if entry.shape.domain != 0 {
                bits += addLift(.domain, domain, share: 0.3, sample, to: &findings)
            }
            if entry.fieldsBytes >= Self.shortestFields {
                bits += addLift(.fields, fields, share: 0.2, sample, to: &findings)
            }
            let formShare = entry.formMilliseconds > 0 ? 0.15 : 0.5
            bits += addLift(.formTime, form, share: formShare, sample, to: &findings)
        }
        if isCounted {
            let isAlike = isRegular || bits > Self.suspiciousBits
            cells.update(keys.head, epoch: epoch, at: moment.now) { $0.noteLikeness(isAlike) }
        }
        if entry.network != 0 {
            addNetwork(
                entry, keys, moment, sample, fromNetwork: fromNetwork, head: head, to: &findings)
        }
    }

    /// The participants whose likeness was counted: of a head, and of all.
    struct Sample {
        let members: Double
        let people: Double
        /// This entry is one of them.
        let isCounted: Bool

        init(_ keys: CohortKeys, _ moment: Moment, head: CohortCell) {
            members = Double(head.sampled)
            people = moment.crowd.sampled
            isCounted = keys.isSampled && moment.isCounted
        }
    }

    /// How many people's strings have so long a run of consonants as their longest.
    private static func consonantShare(_ consonants: UInt8) -> Double {
        switch consonants {
        case ...3: 0.9
        case 4: 0.07
        case 5: 0.02
        default: 0.01
        }
    }

    /// So many others must be in the sample before a value that they have more often speaks for a
    /// person.
    private static let fewestOthers = 12.0

    /// - Parameter share: how likely a rule takes it for before it has seen others.
    /// - Returns: the evidence in bits.
    @inline(__always)
    private func addLift(
        _ rule: BehaviourRule, _ count: CountSketch.Pair, share: Double, _ sample: Sample,
        to findings: inout BehaviourFindings
    ) -> Double {
        let lift = Lift(
            inside: count.inside, of: sample.members, all: count.all, of: sample.people,
            prior: Lift.Prior(share: share, weight: 16))
        // Without a crowd to compare with, a rare value is only rare.
        let isCompared = sample.people - sample.members >= Self.fewestOthers
        guard lift.bits > 0 || isCompared else { return 0 }
        findings.add(rule, bits: lift.bits, observed: lift.percent)
        return lift.bits
    }

    // MARK: Networks

    /// So many addresses of one network with one head are no family and no office.
    private static let fewestAddresses = 6

    /// Many addresses of one network with one head, and few of its other entries.
    @inline(__always)
    private mutating func addNetwork(
        _ entry: EntryTraits, _ keys: CohortKeys, _ moment: Moment, _ sample: Sample,
        fromNetwork: Double, head: CohortCell, to findings: inout BehaviourFindings
    ) {
        let counted = counts.count(keys.network, epoch: moment.epoch, isCounted: sample.isCounted)
        guard fromNetwork >= 3 else { return }
        let place = entry.address >> 58
        let now = moment.now
        let addresses = cells.update(keys.headNetwork, epoch: moment.epoch, at: now) { cell in
            if sample.isCounted { cell.noteParticipant(place: place, at: now) }
            return cell.placeCount
        }
        guard addresses >= Self.fewestAddresses else { return }
        // One in four of the network's was counted.
        let inNetwork = max(counted * Double(Self.sampleMask + 1), fromNetwork)
        let lift = Lift(
            inside: fromNetwork, of: inNetwork, all: Double(head.count), of: moment.people,
            prior: Lift.Prior(share: 0.3, weight: 30))
        findings.add(.network, bits: 2.5 * lift.bits, observed: Double(addresses))
    }
}
