extension CohortDetector {
    /// So many participants of one stem are only counted.
    private static let fewWithoutCell = 2.0
    /// So many participants of one stem are a coincidence.
    private static let fewOfOneStem = 4.0
    /// People who share a stem, of all: `martin12@` and `martin75@` of one domain.
    private static let stemShare = 0.000_1
    /// Before a head is seen to be the same, a template weighs so much of what it may.
    private static let unconfirmed = 0.4

    /// A stem that more share than by chance, most of them with one head; and numbers that run.
    ///
    /// Nearly all stems are one person's: what comes for the first or the second time is counted,
    /// and has no cell yet.
    @inline(__always)
    mutating func addTemplate(
        _ entry: EntryTraits, _ keys: CohortKeys, _ moment: Moment, head: CohortCell,
        pace: inout PaceEvidence, to findings: inout BehaviourFindings
    ) {
        let count = counts.count(keys.stem, epoch: moment.epoch, isCounted: moment.isCounted)
        guard count >= Self.fewWithoutCell else { return }
        addTemplate(
            entry, keys, moment, count: count, head: head, pace: &pace, to: &findings)
    }

    @inline(never)
    private mutating func addTemplate(
        _ entry: EntryTraits, _ keys: CohortKeys, _ moment: Moment, count: Double,
        head: CohortCell, pace: inout PaceEvidence, to findings: inout BehaviourFindings
    ) {
        let place = keys.head >> 40
        let digits = entry.shape.digits
        let number = entry.shape.number
        let withHead = counts.count(
            keys.stem &+ keys.head, epoch: moment.epoch, isCounted: moment.isCounted)
        let (before, isStep) = cells.update(
            keys.stem, epoch: moment.epoch, at: moment.now
        ) { cell in
            let before = cell
            if moment.isCounted { cell.noteInterval(at: moment.now) }
            pace.consider(cell.intervals)
            guard moment.isCounted else { return (before, false) }
            let isStep = digits > 0 && cell.noteNumber(number) && before.count > 0
            cell.noteParticipant(place: place, at: moment.now)
            return (before, isStep)
        }
        guard count >= Self.fewOfOneStem else { return }
        // What a server calls its visitors may be the numbers of its accounts.
        if !entry.isRelayed {
            addSequence(before, isStep: isStep, digits: digits, to: &findings)
        }
        // The operation's own form of participants: as many heads as there are people have it.
        let isOfManyHeads =
            entry.isRelayed || Double(before.placeCount) >= min(count / 4, 8)
        let isCustomary = count > 0.25 * moment.people && isOfManyHeads
        guard !isCustomary else { return }
        let expected = 0.6 + Self.stemShare * moment.people
        let excess = 2.4 * BinaryLogarithm.of((count + 0.5) / expected)
        let lift = Lift(
            inside: withHead, of: max(Double(before.count), withHead), all: Double(head.count),
            of: moment.people, prior: Lift.Prior(share: 0.15, weight: 30))
        let confirmed = min(max(lift.bits / 1.2, 0), 1)
        findings.add(
            .template, bits: excess * (Self.unconfirmed + (1 - Self.unconfirmed) * confirmed),
            observed: count)
    }

    /// Steps among numbers of fewer digits happen by chance.
    private static let shortestNumber: UInt8 = 3

    private func addSequence(
        _ cell: CohortCell, isStep: Bool, digits: UInt8, to findings: inout BehaviourFindings
    ) {
        guard isStep, digits >= Self.shortestNumber else { return }
        let steps = Double(cell.steps)
        let transitions = max(Double(cell.count), steps)
        let chance = max(Double(2 * CohortCell.longestStep) / Self.power(of: digits), 0.02)
        let share = min(steps / transitions, 0.98)
        guard share > 2 * chance else { return }
        let evidence =
            steps * BinaryLogarithm.of(share / chance)
            + (transitions - steps) * BinaryLogarithm.of((1 - share) / (1 - chance))
        findings.add(
            .sequence, bits: min(evidence - 6, 3 + BinaryLogarithm.of(share / chance)),
            observed: 100 * share)
    }

    private static func power(of digits: UInt8) -> Double {
        (0..<min(digits, 9)).reduce(into: 1.0) { power, _ in power *= 10 }
    }
}
