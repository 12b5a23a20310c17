internal import Contract
internal import Evidence
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time

/// What is expected when, and whether one more campaign fits.
struct CalendarHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func calendar(_ call: AdminCall) throws(Problem) -> ControlReply {
        var query = call.queryReader
        let range = CalendarRange(&query, now: control.shared.ledgerTime)
        try query.finish()
        return .view(CalendarReader(control).calendar(range, of: call.author))
    }

    func file(_ call: AdminCall) throws(Problem) -> ControlReply {
        var query = call.queryReader
        let asked = Language(&query, call.request)
        let range = CalendarRange(&query, now: control.shared.ledgerTime)
        try query.finish()
        let file = CalendarReader(control).file(range, of: call.author, in: asked)
        return .content(
            ControlReply.Content(
                type: MediaType.calendar,
                fields: [("Content-Language", asked.tag), ("Vary", "Accept-Language")],
                body: file.bytes))
    }

    /// Reads a campaign as it would be declared, and says what it would bring. Changes nothing.
    func check(_ call: AdminCall) throws(Problem) -> ControlReply {
        guard control.shared.projected.catalogue.operation(call["operation"]) != nil else {
            throw .unknownOperation
        }
        var body = try call.bodyReader()
        let declaration = CampaignDeclaration(
            channel: body.requiredChoice("channel", default: .other),
            recipients: body.count("recipients"),
            starts: body.time("starts"), ends: body.optionalTime("ends"))
        let capacity = body.optionalInteger("capacity_per_second", in: 1...Int(UInt32.max))
        let target = body.optionalInteger("target_percent", in: 1...100)
        if declaration.recipients == 0 { body.addError("recipients", "Must be at least 1.") }
        try body.finish()
        return .view(
            CalendarReader(control).check(
                declaration, capacity: capacity.map { UInt32($0) },
                targetPercent: UInt32(target ?? 70)))
    }
}
