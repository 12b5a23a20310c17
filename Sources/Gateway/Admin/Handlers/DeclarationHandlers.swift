internal import Bytes
internal import Contract
internal import Ledger
internal import Time
internal import Wire

/// What is declared before it comes: notices and campaigns (C1, C2).
struct DeclarationHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func giveNotice(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["operation"]
        var body = try call.bodyReader()
        let expected = body.count("expected_participants")
        let note = body.note()
        try body.finish()
        let decision = try await control.decide(
            .contract(.giveNotice(operation: id, expectedParticipants: expected, note: note)),
            by: call.author)
        let view = try OperationReader(control).operation(named: id)
        let isLate = decision.change == .recorded
        // One that is late is on record and not in force: what is, is an earlier one.
        let declaredAt = isLate ? nil : view.trafficNotice?.declaredAt
        let isChanged = decision.change != .none
        return .view(
            ChangedView(
                view: TrafficNoticeView(
                    operation: id, expectedParticipants: expected,
                    declaredAt: declaredAt ?? decision.at.rfc3339, late: isLate,
                    cover: view.cover, expected: view.expected),
                changed: isChanged),
            isChanged ? .created : .ok)
    }

    func withdrawNotice(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["operation"]
        var body = try call.bodyReader()
        let note = body.note()
        try body.finish()
        let decision = try await control.decide(
            .contract(.withdrawNotice(operation: id, note: note)), by: call.author)
        return .view(
            ChangedView(
                view: try OperationReader(control).operation(named: id),
                changed: decision.change != .none))
    }

    func declareCampaign(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["operation"]
        var body = try call.bodyReader()
        let declaration = CampaignDeclaration(
            channel: body.requiredChoice("channel", default: .other),
            recipients: body.count("recipients"),
            starts: body.time("starts"), ends: body.optionalTime("ends"),
            source: body.optionalString("source"), note: body.note())
        try body.finish()
        let campaign = Token.identifier(prefix: "c")
        _ = try await control.decide(
            .contract(
                .declareCampaign(operation: id, campaign: campaign, declaration: declaration)),
            by: call.author)
        return .view(try OperationReader(control).campaign(campaign, of: id), .created)
    }

    func withdrawCampaign(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let (id, campaign) = (call["operation"], call["campaign"])
        var body = try call.bodyReader()
        let note = body.note()
        try body.finish()
        let decision = try await control.decide(
            .contract(.withdrawCampaign(operation: id, campaign: campaign, note: note)),
            by: call.author)
        return .view(
            ChangedView(
                view: try OperationReader(control).campaign(campaign, of: id),
                changed: decision.change != .none))
    }
}
