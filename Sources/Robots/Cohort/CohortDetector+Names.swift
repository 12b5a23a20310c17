extension CohortDetector {
    /// So unlikely must repetitions be by chance, in bits.
    private static let namesDeviance = 8.0

    /// Last words that repeat within a head and a pattern more often than among all others, and
    /// evenly: a list has hundreds of names, all as frequent; people have ten thousands, few of
    /// them frequent.
    @inline(__always)
    func addNames(_ cohort: CohortCell, to findings: inout BehaviourFindings) {
        let seen = Double(cohort.matches)
        let expected = Double(cohort.expectedMatches) + 1
        guard seen > 1.5 * expected, cohort.isEven else { return }
        // The deviance of a Poisson count: nobody's names repeat so by chance.
        let ratio = BinaryLogarithm.of(seen / expected)
        let deviance = seen * ratio - (seen - expected) * 1.442_695_040_888_963
        guard deviance > Self.namesDeviance else { return }
        findings.add(.names, bits: 3.2 * ratio, observed: 100 * seen / expected)
    }

    /// Counts a last word, in the cohort and in all.
    mutating func countWord(_ keys: CohortKeys, _ moment: Moment) -> WordCount {
        let all = counts.count(keys.word, epoch: moment.epoch)
        // Of a word that nobody has: what others' words leave there by chance, in the same line.
        let chance = counts.count(keys.noCohortWord, epoch: moment.epoch, isCounted: false)
        let seen = counts.count(keys.cohortWord, epoch: moment.epoch)
        return WordCount(seen: seen, all: all, chance: chance)
    }

    /// How often a word was seen before, in a cohort and in all.
    struct WordCount {
        let seen: Double
        let all: Double
        /// How often one would seem to have been seen that nobody has: of many entries, as much as
        /// a full sketch adds to ``seen``.
        let chance: Double

        /// A word counts as so many repetitions at most: one that all have says no more.
        private static let mostMatches = 8.0
        /// How likely a given last word is; as if so many people had been seen.
        private static let prior = Lift.Prior(share: 1 / 2_000.0, weight: 300)

        var matches: Double { min(seen, Self.mostMatches) }

        /// How many matches the word's frequency outside of the cohort gives, and the sketch's
        /// collisions.
        func expected(of members: Double, people: Double) -> Double {
            let outside = max(all - seen, 0) + Self.prior.share * Self.prior.weight
            let others = max(people - members, 0) + Self.prior.weight
            return min(members * outside / others + chance, Self.mostMatches)
        }
    }
}
