/// What layers 3 and 4 may weigh, in thousandths of natural units as all weights: part of a
/// ``Ruleset``.
///
/// With the shipped bounds either layer can have an entry challenged alone; to be refused, it needs
/// nearly all that both may add.
package struct BehaviourSettings: Sendable {
    /// The most and the least that one rule may add.
    package struct WeightRange: Equatable, Sendable, BitwiseCopyable {
        package var lower: Int32
        package var upper: Int32

        package init(_ lower: Int32, _ upper: Int32) {
            self.lower = lower
            self.upper = upper
        }
    }

    /// What is observed is not independent: one program shows in many ways, and so does one school.
    /// So all evidence counts for a part of what each would count alone: with a third, 2,300 take a
    /// thousand to one, not ten.
    package internal(set) var independence = 1.0
    /// The most that layer 3 adds.
    package internal(set) var rhythmMaximum: Int32 = 0
    /// The most and the least that layer 4 adds.
    package internal(set) var cohortMaximum: Int32 = 0
    package internal(set) var cohortMinimum: Int32 = 0

    /// By ``BehaviourRule/rawValue``; 0 to 0 switches a rule off.
    private var ranges = InlineArray<15, WeightRange>(repeating: WeightRange(0, 0))

    /// All rules off; those in force are a ``Ruleset``'s.
    package init() {}

    /// - Precondition: a new range is not empty.
    package subscript(rule: BehaviourRule) -> WeightRange {
        get { ranges[Int(rule.rawValue)] }
        set {
            precondition(newValue.lower <= newValue.upper, "a range of weights")
            ranges[Int(rule.rawValue)] = newValue
        }
    }
}
