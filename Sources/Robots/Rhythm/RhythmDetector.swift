/// Layer 3: the times between entries of one address, session, participant and front-end key.
///
/// A key's rule is ``Regularity``. The keys are looked at together: the most regular one counts, as
/// a program that shows on its address shows on its session as well.
struct RhythmDetector: ~Copyable, Sendable {
    /// Sessions that enter different people faster than this, on average, are not typed into: an
    /// address of 20 characters takes a practised hand 7 s on glass (Palin et al., "How do people
    /// type on mobile devices?", 2019: 36 words of five characters a minute).
    static let hurryMilliseconds = 5_000.0
    /// Entries of one session before its hurry is seen: a click too many, a shared device.
    static let hurryMinimum: UInt32 = 3
    /// What each interval of such a session adds, in bits: twice as much in half the time.
    static let hurryBits = 0.8

    private var table: RhythmTable

    init(slots: Int) {
        table = RhythmTable(slots: slots)
    }

    var memoryBytes: Int { table.memoryBytes }

    /// Asks for the memory of these keys.
    @inline(__always)
    func prefetch(_ keys: RhythmKeys) {
        table.prefetch(keys.person)
        table.prefetch(keys.address)
    }

    /// Notes an entry; one that returns with its ticket is looked at without being noted.
    /// - Parameter isThorough: what many share, the front-end key, is looked at as well.
    /// - Returns: whether this participant is known in this operation, and the most regular
    ///   intervals with their evidence.
    mutating func observe(
        _ entry: EntryTraits, _ keys: RhythmKeys, at now: UInt32, isThorough: Bool,
        into findings: inout BehaviourFindings
    ) -> (isKnown: Bool, pace: PaceEvidence) {
        var pace = PaceEvidence()
        if entry.isReturning {
            if entry.address != 0 { pace.consider(table.find(keys.address)) }
            if !entry.isRelayed { pace.consider(table.find(keys.frontEnd)) }
            if entry.session != 0 { pace.consider(table.find(keys.session)) }
            return (false, pace)
        }
        let own = table.note(keys.person, participant: nil, at: now)
        pace.consider(own.intervals)
        // Nearly all connections of an address that is new are one entry's: not worth a slot.
        var isSessionNoted = entry.session != 0
        if entry.address != 0 {
            let address = table.note(keys.address, participant: keys.person, at: now)
            pace.consider(address.intervals)
            isSessionNoted = isSessionNoted && address.isKnown
        }
        let shared = table.note(keys.frontEnd, participant: keys.person, at: now).intervals
        // A server's times are its own.
        if isThorough, !entry.isRelayed { pace.consider(shared) }
        if isSessionNoted {
            let intervals = table.note(keys.session, participant: keys.person, at: now).intervals
            pace.consider(intervals)
            addHurry(intervals, to: &findings)
        }
        return (own.isKnown, pace)
    }

    private func addHurry(_ intervals: IntervalSummary, to findings: inout BehaviourFindings) {
        let mean = intervals.mean
        guard intervals.count >= Self.hurryMinimum, mean < Self.hurryMilliseconds else { return }
        let haste = mean < Self.hurryMilliseconds / 2 ? 2.0 : 1
        findings.add(
            .hurry, bits: Double(intervals.count) * Self.hurryBits * haste, observed: mean)
    }
}
