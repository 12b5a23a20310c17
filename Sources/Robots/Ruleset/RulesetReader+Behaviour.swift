extension RulesetReader {
    /// The rules of layers 3 and 4, and what either layer may add. A layer that is not there is
    /// off.
    mutating func readBehaviour() throws(RulesetError) {
        let bounds = try file.required("bounds", in: "").object("/bounds")
        let hasRhythm = file["rhythm"] != nil
        let hasCohort = file["cohort"] != nil
        if hasRhythm {
            behaviour.rhythmMaximum = try maximum(bounds, "rhythm")
        }
        if hasCohort {
            behaviour.cohortMaximum = try maximum(bounds, "cohort")
            behaviour.cohortMinimum = try least(
                bounds.required("cohort-least", in: "/bounds"), "/bounds/cohort-least")
        }
        if hasRhythm || hasCohort {
            let value = try bounds.required("independence", in: "/bounds")
            guard case .number(let share) = value, share > 0, share <= 1 else {
                throw RulesetError(
                    "/bounds/independence", "Must be a number above 0, and at most 1.")
            }
            behaviour.independence = share
        }
        if let value = file["rhythm"] { try readRules(value.array("/rhythm"), layer: .rhythm) }
        if let value = file["cohort"] { try readRules(value.array("/cohort"), layer: .cohort) }
    }

    private mutating func readRules(
        _ elements: [RulesetValue], layer: RobotRule.Layer
    ) throws(RulesetError) {
        let known = BehaviourRule.allCases.filter { $0.layer == Int(layer.rawValue) }
        for (index, element) in elements.enumerated() {
            let pointer = "/\(layer.name)/\(index)"
            let members = try element.object(pointer)
            try members.check(known: ["rule", "weight", "least", "says"], in: pointer)
            let rule = try self.rule(members, layer: layer, pointer)
            guard let found = known.first(where: { $0.name == rule.name }) else {
                let names = known.map(\.name).joined(separator: ", ")
                throw RulesetError("\(pointer)/rule", "Must be one of \(names).")
            }
            guard rule.weight > 0 else {
                throw RulesetError(
                    "\(pointer)/weight", "Must be above 0: it is the most that the rule adds.")
            }
            var range = BehaviourSettings.WeightRange(0, rule.weight)
            if let value = members["least"] {
                range.lower = try least(value, "\(pointer)/least")
            }
            rules.append(rule)
            behaviour[found] = range
        }
    }

    /// The most that a layer may add.
    private func maximum(
        _ bounds: [RulesetValue.Member], _ name: String
    ) throws(RulesetError) -> Int32 {
        let pointer = "/bounds/\(name)"
        let most = try weight(bounds.required(name, in: "/bounds"), pointer)
        guard most > 0, most < upper else {
            throw RulesetError(
                pointer,
                "Must be above 0, and below /bounds/upper: this layer weighs, and may not refuse "
                    + "alone.")
        }
        return most
    }

    /// The least that a rule or a layer may add: what speaks for a person.
    private func least(
        _ value: RulesetValue, _ pointer: String
    ) throws(RulesetError) -> Int32 {
        let least = try weight(value, pointer)
        guard least <= 0 else {
            throw RulesetError(pointer, "Must be at most 0: it is what speaks for a person.")
        }
        return least
    }
}
