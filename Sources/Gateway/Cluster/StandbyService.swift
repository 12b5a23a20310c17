internal import Bytes
internal import Cluster
internal import Exposition
internal import Time
internal import Wire

/// What the admin listener of a node that follows answers: health, readiness and metrics.
struct StandbyService: LoopService, ~Copyable {
    private let shared: Shared
    private let tokens: AdminTokens
    private let status: ClusterStatus

    init(_ shared: Shared, _ tokens: AdminTokens, _ status: ClusterStatus) {
        self.shared = shared
        self.tokens = tokens
        self.status = status
    }

    mutating func answer(
        _ head: borrowing RequestParser, _ request: RawSpan, from source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Disposition {
        let path = request.extracting(head.path.range)
        if let refusal = shared.adminNames.refusal(of: head, request, isPage: false) {
            writer.makeLast()
            writer.problem(.none, refusal)
        } else if path.equals("/healthz") {
            if writer.isRead(head.method, .health) { writer.respondHealth() }
        } else if path.equals("/readyz") {
            if writer.isRead(head.method, .readiness) {
                writer.respondReadiness(shared.unreadyReasons)
            }
        } else if path.equals("/metrics") {
            answerMetrics(head, request, source, &writer)
        } else {
            writer.problem(.none, .notLeading(status.owner.map { ($0.node, $0.address) }))
        }
        return .answered
    }

    private func answerMetrics(
        _ head: borrowing RequestParser, _ request: RawSpan, _ source: RequestSource,
        _ writer: inout ResponseWriter
    ) {
        guard writer.isRead(head.method, .metrics) else { return }
        guard mayRead(head, request, source) else {
            writer.makeLast()
            return writer.problem(.metrics, .noToken)
        }
        let accept = head[.accept].map { request.extracting($0.range).text } ?? ""
        let format = accept.withBytes { AcceptNegotiation.format(accept: $0) }
        var metrics = MetricsWriter(format: format)
        metrics.writeCluster(status, at: shared.clock.monotonicNanoseconds())
        let text = metrics.finish()
        writer.body.removeAll()
        writer.body.append(text.bytes)
        writer.respond(.metrics, .ok, type: format.contentType)
    }

    /// As where the gateway leads: this machine, and whoever holds a token.
    private func mayRead(
        _ head: borrowing RequestParser, _ request: RawSpan, _ source: RequestSource
    ) -> Bool {
        if source.isLocal(head, request, shared.proxies) { return true }
        let authorization = head[.authorization].map { request.extracting($0.range).text }
        switch tokens.credential(
            authorization, among: shared.projected, at: shared.clock.wallClock())
        {
        case .admin, .token: return true
        case .unknown, .expired: return false
        }
    }

    mutating func answerHead(
        _ head: borrowing RequestParser, _ request: RawSpan, from source: RequestSource,
        _ writer: inout ResponseWriter
    ) -> Bool {
        writer.makeLast()
        _ = answer(head, request, from: source, &writer)
        return true
    }

    mutating func answer(_ decided: AnswerEnvelope, _ writer: inout ResponseWriter) {
        preconditionFailure("a node that follows takes no entries")
    }

    mutating func answerUnknown(_ writer: inout ResponseWriter) {
        preconditionFailure("a node that follows gives no request to another thread")
    }

    mutating func answer(
        _ answer: ControlAnswer, _ writer: inout ResponseWriter
    ) -> Disposition {
        preconditionFailure("a node that follows gives no request to another thread")
    }

    mutating func apply(_ message: LoopMessage) {}

    mutating func passOn() {}
}
