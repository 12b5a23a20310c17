import Wire

extension OperationPlan {
    init(_ name: String, _ json: JSONValue, at path: String) throws(ScenarioError) {
        var members = try Members(json, at: path)
        self.name = name
        let wanted = try members.string("state") ?? "open"
        guard let state = State(rawValue: wanted) else {
            throw members.wrong("state", "draft, open or closed is needed")
        }
        self.state = state
        expectedParticipants = try members.integer(
            "expected_participants", in: 1...Int(UInt32.max))
        for (json, path) in try members.array("campaigns") {
            campaigns.append(try CampaignPlan(json, at: path))
        }
        pace = try members.integer("pace", in: 1...1_000_000)
        // The rest is the gateway's to judge: a scenario can use what a later gateway knows.
        var settings: [String: JSONValue] = [
            "title": .string("Load test: \(name)"), "rule": .string("once"),
            "robots": .string("off"), "policy": .string("advise"),
        ]
        for (key, value) in members.removeAll() { settings[key] = value }
        self.settings = .object(settings)
    }
}

extension OperationPlan.CampaignPlan {
    init(_ json: JSONValue, at path: String) throws(ScenarioError) {
        var members = try Members(json, at: path)
        guard let source = try members.string("source") else {
            throw members.wrong("source", "the tag of its entries is needed")
        }
        self.source = source
        guard members.take("starts") == nil else {
            throw members.wrong("starts", "it starts as the traffic does")
        }
        // The rest is the gateway's to judge.
        var declaration = ["source": JSONValue.string(source)]
        for (key, value) in members.removeAll() { declaration[key] = value }
        self.declaration = .object(declaration)
    }
}
