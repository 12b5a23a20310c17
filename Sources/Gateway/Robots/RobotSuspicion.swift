internal import Ledger
internal import Robots

/// What a worker found of an entry's head, on its way to the sequencer and back.
struct RobotSuspicion: BitwiseCopyable {
    /// What the operation has done about it; nil where nothing was looked at: the operation does
    /// not ask, or the entry came with a permit.
    var measure: RobotDecision.Measure?
    /// Of layer 1, and of layers 1 and 2 together, in thousandths.
    var signatureWeight: Int32 = 0
    var weight: Int32 = 0
    /// The bounds of the ruleset that decided.
    var lower: Int32 = 0
    var upper: Int32 = 0
    var rulesetVersion: UInt32 = 0
    var rulesetDigest: UInt64 = 0
    /// Bytes of the findings behind the envelope.
    var findingsBytes: UInt16 = 0
    var omittedFindings: UInt8 = 0
    var tool = NamedTool()

    /// The weights of all layers.
    /// - Parameter behaviour: of layers 3 and 4.
    func weights(behaviour: Int32) -> RobotDecision.Weights {
        RobotDecision.Weights(
            signature: signatureWeight, consistency: weight &- signatureWeight,
            behaviour: behaviour, lower: lower, upper: upper)
    }
}

/// A tool that an entry's head names, by its place among those of a ruleset.
struct NamedTool: BitwiseCopyable {
    /// `UInt16.max` where none is named.
    var place = UInt16.max
    /// The ruleset's ``RobotRuleset/number``.
    var ruleset: UInt16 = 0
}

extension RobotDecision.Measure {
    /// Nil where an operation does not ask.
    init?(_ policy: RobotPolicy) {
        switch policy {
        case .off: return nil
        case .observe: self = .observe
        case .challenge: self = .challenge
        case .refuse: self = .refuse
        }
    }
}
