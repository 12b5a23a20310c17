/// How much more frequent something is within a cohort than outside of it.
struct Lift {
    /// In bits: the log-likelihood ratio of a member that has it.
    let bits: Double
    /// The ratio in per cent.
    let percent: Double

    /// What a rule takes for likely before it has seen many people outside.
    struct Prior {
        /// How likely it is.
        let share: Double
        /// As if so many people had been seen.
        let weight: Double
    }

    /// A cohort's own frequencies begin at those outside, as if so many members had been seen.
    static let shrinkage = 8.0

    /// - Parameters:
    ///   - inside: members that have it, of `members`.
    ///   - all: people that have it, members or not, of `people`.
    init(inside: Double, of members: Double, all: Double, of people: Double, prior: Prior) {
        let outside = max(all - inside, 0) + prior.share * prior.weight
        // A sketch may count more than there are.
        let others = max(people - members, outside - prior.weight, 0) + prior.weight
        // (inside / (outside / others) + shrinkage) / (members + shrinkage), with one division.
        let ratio =
            (inside * others + Self.shrinkage * outside)
            / (outside * (members + Self.shrinkage))
        bits = BinaryLogarithm.of(ratio)
        percent = 100 * ratio
    }
}
