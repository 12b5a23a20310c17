/// What is done about an entry, by what all layers weigh and by what its operation allows.
package enum RobotDecision: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// Too little speaks for a robot.
    case admit
    /// It is let in and counts as a participant; what speaks against it is kept with it.
    case admitSuspect
    /// It is let in and counts as a robot.
    case admitRobot
    /// It is to come again with a solved challenge.
    case challenge
    /// It is refused as a robot.
    case refuse

    /// What an operation has done about those who are suspect.
    package enum Measure: UInt8, CaseIterable, Sendable, BitwiseCopyable {
        /// Everybody is let in.
        case observe
        /// Suspects and robots must bring a solved challenge; nobody is refused.
        case challenge
        /// Suspects must bring a solved challenge; robots are refused.
        case refuse
    }

    /// The weights of one entry and the bounds that they are held to, in thousandths.
    package struct Weights: Equatable, Sendable, BitwiseCopyable {
        /// Of names of tools (layer 1).
        package var signature: Int32
        /// Of the headers' consistency (layer 2).
        package var consistency: Int32
        /// Of rhythm and cohort (layers 3 and 4).
        package var behaviour: Int32
        /// The ruleset's bounds.
        package var lower: Int32
        package var upper: Int32

        package init(
            signature: Int32, consistency: Int32, behaviour: Int32, lower: Int32, upper: Int32
        ) {
            self.signature = signature
            self.consistency = consistency
            self.behaviour = behaviour
            self.lower = lower
            self.upper = upper
        }

        /// Of all layers.
        package var sum: Int32 { signature &+ consistency &+ behaviour }
    }

    /// - Parameter isSolved: a solved challenge came with the entry. It answers what the headers
    ///   leave in doubt, and nothing else: a tool that names itself, and entries that come as a
    ///   program's do, are no less so for it.
    package init(_ weights: Weights, _ measure: Measure, isSolved: Bool) {
        let isSuspect = weights.sum >= weights.lower
        let sum = isSolved ? weights.sum &- max(weights.consistency, 0) : weights.sum
        let isRobot = sum >= weights.upper
        if !isSuspect {
            self = .admit
            return
        }
        switch measure {
        case .observe: self = isRobot ? .admitRobot : .admitSuspect
        case .challenge where isSolved: self = isRobot ? .admitRobot : .admitSuspect
        case .refuse where isRobot: self = .refuse
        case .refuse where isSolved: self = .admitSuspect
        case .challenge, .refuse: self = .challenge
        }
    }
}
