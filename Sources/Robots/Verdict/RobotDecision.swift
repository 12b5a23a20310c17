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

        /// How much work a suspect is asked for: the usual in the lower half of what is suspect,
        /// more in the upper one, and most for what would be a robot's. Where robots are refused,
        /// nobody is asked for the most.
        package func level(under measure: Measure) -> ChallengeDifficulty.Level {
            if sum >= upper { return measure == .refuse ? .raised : .high }
            let middle = lower &+ (upper &- lower) / 2
            return sum >= middle ? .raised : .usual
        }
    }

    /// - Parameters:
    ///   - solved: the level of the solved challenge that came with the entry; nil for none. One of
    ///     the level that these weights ask for, or of a higher one, answers what the headers leave
    ///     in doubt, and nothing else: a tool that names itself, and entries that come as a
    ///     program's do, are no less so for it. Less work answers nothing: more is asked for.
    ///   - hasWaited: the entry waited in place of the work, and its turn is yet to come. That
    ///     answers nothing either, and is no reason to refuse it.
    package init(
        _ weights: Weights, _ measure: Measure, solved: ChallengeDifficulty.Level?,
        hasWaited: Bool = false
    ) {
        guard weights.sum >= weights.lower else {
            self = .admit
            return
        }
        let isEnough = (solved?.rawValue ?? 0) >= weights.level(under: measure).rawValue
        let rest = weights.sum &- max(weights.consistency, 0)
        let isRobot = (isEnough ? rest : weights.sum) >= weights.upper
        // Whoever brings some work and could be let in for more is told so.
        let mayAnswer = rest < weights.upper && (solved != nil || hasWaited)
        switch measure {
        case .observe: self = isRobot ? .admitRobot : .admitSuspect
        case .challenge where isEnough: self = isRobot ? .admitRobot : .admitSuspect
        case .refuse where isRobot && !mayAnswer: self = .refuse
        case .refuse where isEnough: self = .admitSuspect
        case .challenge, .refuse: self = .challenge
        }
    }

    /// Whether the evidence is enough for a robot, and not only for a suspect.
    package func isRobot(by weights: Weights) -> Bool {
        switch self {
        case .admit, .admitSuspect: false
        case .admitRobot, .refuse: true
        case .challenge: weights.sum >= weights.upper
        }
    }
}
