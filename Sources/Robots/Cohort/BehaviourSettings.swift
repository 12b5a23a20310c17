/// What layers 3 and 4 may weigh, in thousandths of natural units as all weights.
///
/// With bounds of 2,300 (challenge) and 6,900 (refuse) for the sum of all layers, either layer can
/// have an entry challenged alone; to be refused, it needs nearly all that both may add.
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
    /// So all evidence counts for a third of what each would count alone, and 2,300 take a thousand
    /// to one, not ten.
    package var independence = 1 / 3.0
    /// The most that layer 3 adds.
    package var rhythmMaximum: Int32 = 3_600
    /// The most and the least that layer 4 adds.
    package var cohortMaximum: Int32 = 3_600
    package var cohortMinimum: Int32 = -900

    /// By ``BehaviourRule/rawValue``; 0 to 0 switches a rule off.
    private var ranges = InlineArray<15, WeightRange>(repeating: WeightRange(0, 0))

    package init() {
        for rule in BehaviourRule.allCases {
            ranges[Int(rule.rawValue)] = Self.defaultRange(of: rule)
        }
    }

    /// - Precondition: a new range is not empty.
    package subscript(rule: BehaviourRule) -> WeightRange {
        get { ranges[Int(rule.rawValue)] }
        set {
            precondition(newValue.lower <= newValue.upper, "a range of weights")
            ranges[Int(rule.rawValue)] = newValue
        }
    }

    private static func defaultRange(of rule: BehaviourRule) -> WeightRange {
        switch rule {
        case .pace: WeightRange(0, 2_800)
        case .cohortPace: WeightRange(0, 1_500)
        case .hurry: WeightRange(0, 2_500)
        case .template: WeightRange(0, 2_800)
        case .sequence: WeightRange(0, 1_800)
        case .names: WeightRange(0, 1_300)
        case .pattern: WeightRange(-450, 700)
        case .letters: WeightRange(-230, 1_200)
        case .domain: WeightRange(-450, 700)
        case .fields: WeightRange(-450, 770)
        case .formTime: WeightRange(-450, 600)
        case .head: WeightRange(0, 1_100)
        case .burst: WeightRange(0, 2_050)
        case .network: WeightRange(0, 1_600)
        case .tails: WeightRange(0, 600)
        }
    }
}
