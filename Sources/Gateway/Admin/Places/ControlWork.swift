/// What a request is to the control side. Each kind has places and threads of its own, so that none
/// waits behind another.
enum ControlWork: Int, CaseIterable, Sendable {
    /// What must be done now: suspend, resume, pace, open, close, revoke, confirm the clock.
    case measure
    /// `/metrics`
    case scrape
    /// Everything else that is soon done.
    case request
    /// Long work: dossiers, and the exports before a reset or deletion.
    case report
    /// `/v1/events`: soon begun, and in its place until its connection ends.
    case stream

    /// As metrics name it.
    var label: StaticString {
        switch self {
        case .measure: "measure"
        case .scrape: "scrape"
        case .request: "request"
        case .report: "report"
        case .stream: "stream"
        }
    }
}

/// Why a request gets no place, as the metrics name it.
enum ControlRefusal: Int, CaseIterable, Error, Sendable {
    /// Its token has its share: requests in progress, or connections.
    case token
    /// The tokens of clients together have theirs.
    case clients
    /// All places of this kind of work are taken.
    case places

    var label: StaticString {
        switch self {
        case .token: "token"
        case .clients: "clients"
        case .places: "places"
        }
    }

    /// What the request is answered.
    var problem: Problem { self == .token ? .tooManyRequests : .overloaded }
}
