extension CohortDetector {
    /// So many participants of one stem are a coincidence.
    private static let fewOfOneStem = 4.0
    /// People who share a stem, of all: `martin12@` and `martin75@` of one domain.
    private static let stemShare = 0.000_1
    /// Before a head is seen to be the same, a template weighs so much of what it may.
    private static let unconfirmed = 0.4

    /// A stem that more share than by chance, most of them with one head; and numbers that run.
    mutating func addTemplate(
        _ entry: EntryTraits, _ keys: CohortKeys, _ moment: Moment, head: CohortCell,
        pace: inout PaceEvidence, to findings: inout BehaviourFindings
    ) {
        guard entry.shape.stem != 0 else { return }
        let place = keys.head >> 40
        let digits = entry.shape.digits
        let number = entry.shape.number
        let withHead = counts.count(
            keys.headStem, epoch: moment.epoch, isCounted: moment.isCounted)
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
        let count = Double(before.count)
        guard count >= Self.fewOfOneStem else { return }
        addSequence(before, isStep: isStep, digits: digits, to: &findings)
        // The operation's own form of participants: as many heads as there are people have it.
        let isCustomary =
            count > 0.25 * moment.people && Double(before.placeCount) >= min(count / 4, 8)
        guard !isCustomary else { return }
        let expected = 0.6 + Self.stemShare * moment.people
        let excess = 2.4 * BinaryLogarithm.of((count + 0.5) / expected)
        let lift = Lift(
            inside: withHead, of: count, all: Double(head.count), of: moment.people,
            prior: Lift.Prior(share: 0.15, weight: 30))
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
        let transitions = Double(cell.count)
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
