package import Time

/// Layers 3 and 4: what is remembered of entries to tell programs from people by how they come.
///
/// Owned by the sequencer's thread, beside the fold: not recorded, and empty after a start. Pure
/// and deterministic: the same entries, times and seed give the same findings on every machine. An
/// entry allocates nothing and takes no lock; all memory is asked for by `init`.
///
/// Look at every entry that is decided, once, in the order of decisions: what the layers compare is
/// everybody who comes.
package struct BehaviourDetector: ~Copyable, Sendable {
    private var rhythm: RhythmDetector
    private var cohort: CohortDetector
    private let mixer: KeyMixer
    /// What the rules may weigh; may be replaced at any time.
    package var settings: BehaviourSettings

    /// An entry's own pace needs no other evidence from here on.
    private static let sufficientBits = 10.0

    /// - Parameter seed: of the tables' hashes; secret, drawn at the start.
    package init(
        capacity: BehaviourCapacity = BehaviourCapacity(),
        settings: BehaviourSettings = Ruleset.shipped.behaviour, seed: UInt64
    ) {
        rhythm = RhythmDetector(slots: capacity.rhythmSlots)
        cohort = CohortDetector(capacity: capacity)
        mixer = KeyMixer(seed: seed)
        self.settings = settings
    }

    /// Bytes of all tables, once all of them have been used.
    package var memoryBytes: Int { rhythm.memoryBytes + cohort.memoryBytes }

    /// Asks for the memory that ``observe(_:at:)`` of this entry will look at, so that it is in the
    /// cache by then: called for a few entries that come next, before the first of them is noted.
    package func anticipate(_ entry: EntryTraits) {
        let scope = mixer.scope(operation: entry.operation)
        let rhythmKeys = RhythmKeys(entry, scope: scope, mixer: mixer)
        let cohortKeys = CohortKeys(
            entry, scope: scope, person: rhythmKeys.person, mixer: mixer)
        rhythm.prefetch(rhythmKeys)
        cohort.prefetch(cohortKeys, entry, mixer: mixer)
    }

    /// Notes an entry and says what speaks for a program, or against it.
    /// - Parameter time: of the decision; where it goes back, intervals begin anew.
    package mutating func observe(
        _ entry: EntryTraits, at time: Timestamp
    ) -> BehaviourFindings {
        // Intervals are differences modulo 2³² ms, 49 days; silences of half an hour end them.
        let now = UInt32(truncatingIfNeeded: time.milliseconds)
        let scope = mixer.scope(operation: entry.operation)
        let rhythmKeys = RhythmKeys(entry, scope: scope, mixer: mixer)
        let cohortKeys = CohortKeys(
            entry, scope: scope, person: rhythmKeys.person, mixer: mixer)
        var findings = BehaviourFindings()
        let isThorough = cohort.isThorough(cohortKeys)
        // That of the sample's was asked for ahead; this comes while the rhythm is looked at.
        if isThorough, !cohortKeys.isSampled {
            cohort.prefetchLikeness(cohortKeys, entry, mixer: mixer)
        }
        let seen = rhythm.observe(
            entry, rhythmKeys, at: now, isThorough: isThorough, into: &findings)
        var pace = seen.pace
        cohort.observe(
            entry, cohortKeys, isKnown: seen.isKnown, isThorough: isThorough, pace: &pace, at: now,
            mixer: mixer, into: &findings)
        // One program shows in its own intervals and in its cohort's: the stronger counts.
        if pace.bits > 0, pace.bits >= pace.cohortBits || pace.bits > Self.sufficientBits {
            findings.add(
                .pace, bits: pace.bits, observed: Double(pace.variationPercent))
        } else if pace.cohortBits > 0 {
            findings.add(
                .cohortPace, bits: pace.cohortBits,
                observed: Double(pace.cohortVariationPercent))
        }
        if findings.count > 0 { findings.weigh(by: settings) }
        return findings
    }
}
