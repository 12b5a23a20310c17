/// One rule's evidence about one entry.
package struct BehaviourFinding: BitwiseCopyable, Equatable, Sendable {
    package let rule: BehaviourRule
    /// Log-likelihood ratio, robots over people, in thousandths of its natural unit.
    package let weight: Int32
    /// What was observed, in the unit that ``BehaviourRule`` gives.
    package let observed: Int32
}

/// What layers 3 and 4 found about one entry: at most one finding a rule, in the order of the
/// rules' evaluation.
package struct BehaviourFindings: BitwiseCopyable, Sendable {
    package private(set) var count = 0
    private var items = InlineArray<15, BehaviourFinding>(
        repeating: BehaviourFinding(rule: .pace, weight: 0, observed: 0))
    /// The sums by layer, in thousandths; each within what its layer may add, so that neither
    /// refuses an entry alone.
    package private(set) var rhythm: Int32 = 0
    package private(set) var cohort: Int32 = 0

    package init() {}

    /// The weight of both layers, in thousandths; to be added to the other layers'.
    package var weight: Int32 { rhythm + cohort }

    /// - Precondition: `index` is below ``count``.
    package subscript(index: Int) -> BehaviourFinding {
        precondition(index >= 0 && index < count, "a finding that is there")
        return items[index]
    }

    /// Adds a rule's evidence, to be weighed by ``weigh(by:)``.
    mutating func add(_ rule: BehaviourRule, bits: Double, observed: Double) {
        guard count < items.count else { return }
        items[count] = BehaviourFinding(
            rule: rule, weight: Self.rounded(bits * 693.147_180_559_945_3),
            observed: Self.rounded(observed))
        count += 1
    }

    /// Cuts each finding to what its rule may weigh, both sums to what their layers may add, and
    /// leaves out what weighs nothing.
    mutating func weigh(by settings: BehaviourSettings) {
        var kept = 0
        for index in 0..<count {
            let item = items[index]
            let range = settings[item.rule]
            let whole = Self.rounded(Double(item.weight) * settings.independence)
            let weight = min(max(whole, range.lower), range.upper)
            if weight == 0 { continue }
            items[kept] = BehaviourFinding(
                rule: item.rule, weight: weight, observed: item.observed)
            kept += 1
            if item.rule.layer == 3 { rhythm += weight } else { cohort += weight }
        }
        count = kept
        rhythm = min(rhythm, settings.rhythmMaximum)
        cohort = min(max(cohort, settings.cohortMinimum), settings.cohortMaximum)
    }

    /// Without the C library, which a baseline x86 calls for `rounded()`.
    private static func rounded(_ value: Double) -> Int32 {
        Int32(min(max(value, -1e9), 1e9) + (value < 0 ? -0.5 : 0.5))
    }
}
