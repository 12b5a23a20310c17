internal import Bytes
internal import Contract
internal import Ledger
internal import Time
internal import Wire

/// What the contract is about: declarations, suspensions, paces (C1-C4, C8).
extension Control {
    // MARK: Declarations

    func giveNotice(
        to id: String, _ request: ControlRequest, by author: Author
    ) async throws(Problem) -> ControlReply {
        var body = try bodyReader(request)
        let expected = body.count("expected_participants")
        let note = body.optionalString("note")
        try body.finish()
        let decision = try await decide(
            .giveNotice(operation: id, expectedParticipants: expected, note: note), by: author)
        let view = try operation(named: id)
        let isLate = decision.change == .factTaken
        // One that is late is on record and not in force: what is, is an earlier one.
        let declaredAt = isLate ? nil : view.trafficNotice?.declaredAt
        return .view(
            TrafficNoticeView(
                operation: id, expectedParticipants: expected,
                declaredAt: declaredAt ?? decision.at.rfc3339, late: isLate,
                cover: view.cover),
            decision.change == .none ? .ok : .created)
    }

    func withdrawNotice(
        of id: String, _ request: ControlRequest, by author: Author
    ) async throws(Problem) -> ControlReply {
        var body = try bodyReader(request)
        let note = body.optionalString("note")
        try body.finish()
        _ = try await decide(.withdrawNotice(operation: id, note: note), by: author)
        return .view(try operation(named: id))
    }

    func declareCampaign(
        of id: String, _ request: ControlRequest, by author: Author
    ) async throws(Problem) -> ControlReply {
        var body = try bodyReader(request)
        let declaration = CampaignDeclaration(
            channel: body.requiredChoice("channel", default: .other),
            recipients: body.count("recipients"),
            starts: body.time("starts"), ends: body.optionalTime("ends"),
            source: body.optionalString("source"), note: body.optionalString("note"))
        try body.finish()
        let campaign = Token.identifier(prefix: "c")
        _ = try await decide(
            .declareCampaign(operation: id, campaign: campaign, declaration: declaration),
            by: author)
        return .view(try self.campaign(campaign, of: id), .created)
    }

    func withdrawCampaign(
        _ campaign: String, of id: String, _ request: ControlRequest, by author: Author
    ) async throws(Problem) -> ControlReply {
        var body = try bodyReader(request)
        let note = body.optionalString("note")
        try body.finish()
        _ = try await decide(
            .withdrawCampaign(operation: id, campaign: campaign, note: note), by: author)
        return .view(try self.campaign(campaign, of: id))
    }

    private func campaign(_ campaign: String, of id: String) throws(Problem) -> CampaignView {
        let views = try operation(named: id).campaigns
        guard let view = views.first(where: { $0.campaign == campaign }) else { throw .notFound }
        return view
    }

    // MARK: Standing

    func move(
        _ id: String, _ verb: String, _ request: ControlRequest, by author: Author
    ) async throws(Problem) -> ControlReply {
        var body = try bodyReader(request)
        let note = body.optionalString("note")
        try body.finish()
        let command: AdministrativeCommand =
            switch verb {
            case "open": .openOperation(id: id, note: note)
            case "close": .closeOperation(id: id, note: note)
            default: .resumeOperation(id: id, note: note)
            }
        _ = try await decide(command, by: author)
        return .view(try operation(named: id))
    }

    func suspend(
        _ id: String, _ request: ControlRequest, by author: Author
    ) async throws(Problem) -> ControlReply {
        var body = try bodyReader(request)
        let ground: SuspensionGround = body.requiredChoice("ground", default: .stability)
        let until = body.optionalTime("until")
        let isDefinitive = body.flag("definitive")
        let note = body.string("note")
        try body.finish()
        _ = try await decide(
            .suspendOperation(
                id: id, ground: ground, until: until, isDefinitive: isDefinitive, note: note),
            by: author)
        return .view(try operation(named: id))
    }

    func setPace(
        of id: String, _ request: ControlRequest, by author: Author
    ) async throws(Problem) -> ControlReply {
        var body = try bodyReader(request)
        let perSecond = body.nullableCount("per_second")
        let note = body.optionalString("note")
        try body.finish()
        _ = try await decide(
            .setPace(operation: id, perSecond: perSecond, note: note), by: author)
        return .view(try operation(named: id))
    }
}
