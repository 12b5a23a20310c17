extension CohortDetector {
    /// How likely a given first or last word is; as if so many people had been seen.
    private static let firstWordPrior = Lift.Prior(share: 1 / 300.0, weight: 300)
    private static let lastWordPrior = Lift.Prior(share: 1 / 2_000.0, weight: 300)
    /// A word counts as so many repetitions at most: one that all have says no more.
    private static let mostMatches = 8.0
    /// So unlikely must repetitions be by chance, in bits.
    private static let namesDeviance = 10.0

    /// Last words that repeat within a head and a pattern more often than among all others: a list
    /// has hundreds of names, all as frequent; people have ten thousands, few of them frequent.
    /// - Returns: the cell of head and pattern as it was before.
    mutating func addNames(
        _ entry: EntryTraits, _ keys: CohortKeys, _ moment: Moment, novelty: Double,
        pace: inout PaceEvidence, to findings: inout BehaviourFindings
    ) -> CohortCell {
        let last = WordCount(
            keys.lastWord, keys.cohortLastWord, isPresent: entry.shape.lastWord != 0, moment,
            &counts)
        let first = WordCount(
            keys.firstWord, keys.cohortFirstWord, isPresent: entry.shape.firstWord != 0, moment,
            &counts)
        let now = moment.now
        let cell = cells.update(keys.cohort, epoch: moment.epoch, at: now) { cell in
            let before = cell
            if moment.isCounted {
                cell.noteInterval(at: now)
                cell.noteRecent(novelty, at: now)
                cell.noteParticipant(place: 0, at: now)
                let people = moment.people
                cell.noteName(
                    matches: last.matches(Self.mostMatches) + 0.3 * first.matches(Self.mostMatches),
                    expected: last.expected(before, people, Self.lastWordPrior, Self.mostMatches)
                        + 0.3
                        * first.expected(before, people, Self.firstWordPrior, Self.mostMatches))
            }
            pace.considerCohort(cell.intervals)
            return before
        }
        let seen = Double(cell.matches)
        let expected = Double(cell.expectedMatches) + 1
        guard seen > 1.5 * expected else { return cell }
        // The deviance of a Poisson count: nobody's names repeat so by chance.
        let deviance =
            seen * BinaryLogarithm.of(seen / expected) - (seen - expected) * 1.442_695_040_888_963
        guard deviance > Self.namesDeviance else { return cell }
        findings.add(
            .names, bits: 2.5 * BinaryLogarithm.of(seen / expected),
            observed: 100 * seen / expected)
        return cell
    }
}

/// How often a word was seen before, in a cohort and in all.
private struct WordCount {
    private let seen: Double
    private let all: Double
    private let isPresent: Bool

    init(
        _ key: UInt64, _ cohortKey: UInt64, isPresent: Bool, _ moment: CohortDetector.Moment,
        _ counts: inout CountSketch
    ) {
        self.isPresent = isPresent
        guard isPresent else {
            seen = 0
            all = 0
            return
        }
        all = counts.count(key, epoch: moment.epoch, isCounted: moment.isCounted)
        seen = counts.count(cohortKey, epoch: moment.epoch, isCounted: moment.isCounted)
    }

    func matches(_ most: Double) -> Double { min(seen, most) }

    /// How many matches the word's frequency outside of the cohort gives.
    func expected(
        _ cell: CohortCell, _ people: Double, _ prior: Lift.Prior, _ most: Double
    ) -> Double {
        guard isPresent else { return 0 }
        let outside = max(all - seen, 0) + prior.share * prior.weight
        let others = max(people - Double(cell.count), 0) + prior.weight
        return min(Double(cell.count) * outside / others, most)
    }
}
