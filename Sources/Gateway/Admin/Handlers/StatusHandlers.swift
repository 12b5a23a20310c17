internal import Bytes
internal import Evidence
internal import Exposition
internal import Ledger
internal import Projections
internal import Time

/// How the service is for one client: as a page, or as JSON.
struct StatusHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func show(_ call: AdminCall) throws(Problem) -> ControlReply {
        var query = call.queryReader
        let language = Language(&query, call.request)
        try query.finish()
        let catalogue = control.shared.projected.catalogue
        guard let client = catalogue.client(call["client"]) else { throw .unknownClient }
        let now = control.shared.ledgerTime
        let board = control.shared.board
        let status = StatusReader(catalogue, at: now).status(
            of: client, counts: { board.counts(of: $0) },
            campaigns: campaigns(of: client.id, at: now))
        guard isPage(call.request) else { return .view(status) }
        return .content(
            ControlReply.Content(
                type: MediaType.html,
                fields: StatusStyle.browserFields + [
                    ("Cache-Control", "no-store"), ("Content-Language", language.tag),
                    ("Vary", "Accept, Accept-Language"),
                ], body: [UInt8](StatusPage(status, language).text.utf8)))
    }

    /// JSON where `Accept` does not say.
    private func isPage(_ request: ControlRequest) -> Bool {
        let types: [StaticString] = ["application/json", "text/html"]
        return (request.accept ?? "").withBytes {
            AcceptNegotiation.preferred(of: types, accept: $0)
        } == 1
    }

    /// What the client's campaigns bring within a month.
    private func campaigns(
        of client: String, at now: Timestamp
    ) -> ServiceStatus.Lines<WaveView> {
        let end = now.advanced(byMilliseconds: CalendarRange.usualMilliseconds)
        return ServiceStatus.Lines(
            CalendarReader(control).waves(from: now, to: end, of: client).waves
        ) { WaveView($0, isNamed: true) }
    }
}
