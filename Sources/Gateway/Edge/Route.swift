internal import Bytes
internal import Wire

/// Which listener a connection came by.
package enum ListenerKind: Int, Sendable, CaseIterable {
    case `public`
    case admin

    package var label: StaticString {
        switch self {
        case .public: "public"
        case .admin: "admin"
        }
    }
}

/// What a request is about, as the metrics name it. Each worker counts by these.
package enum Route: Int, Sendable, CaseIterable {
    case entries
    case entriesPreflight
    case operation
    case challenge
    case health
    case readiness
    case openAPI
    case metrics
    case status
    case clients
    case operations
    case campaigns
    case trafficNotice
    case evidence
    case robots
    case export
    case standing
    case notes
    case reset
    case keys
    case tokens
    case webhooks
    case permits
    case events
    case clock
    case calendar
    case incidents
    case maintenance
    case forceMajeure
    case corrections
    case changes
    case probes
    case availability
    case statement
    case statusPage
    case cluster
    case pages
    /// No such place, or not by this method.
    case none
    /// Not HTTP, or over a limit: refused before there was a route.
    case malformed

    package var label: StaticString {
        switch self {
        case .entries: "entries"
        case .entriesPreflight: "entries_preflight"
        case .operation: "operation"
        case .challenge: "challenge"
        case .health: "healthz"
        case .readiness: "readyz"
        case .openAPI: "openapi"
        case .metrics: "metrics"
        case .status: "status"
        case .clients: "clients"
        case .operations: "operations"
        case .campaigns: "campaigns"
        case .trafficNotice: "traffic_notice"
        case .evidence: "evidence"
        case .robots: "robots"
        case .export: "export"
        case .standing: "standing"
        case .notes: "notes"
        case .reset: "reset"
        case .keys: "keys"
        case .tokens: "tokens"
        case .webhooks: "webhooks"
        case .permits: "permits"
        case .events: "events"
        case .clock: "clock"
        case .calendar: "calendar"
        case .incidents: "incidents"
        case .maintenance: "maintenance"
        case .forceMajeure: "force_majeure"
        case .corrections: "corrections"
        case .changes: "changes"
        case .probes: "probes"
        case .availability: "availability"
        case .statement: "statement"
        case .statusPage: "status_page"
        case .cluster: "cluster"
        case .pages: "pages"
        case .none: "none"
        case .malformed: "malformed"
        }
    }
}

/// A target of the public listener, matched without copying anything.
enum PublicTarget {
    case entries(ByteRange)
    case operation(ByteRange)
    case challenge(ByteRange)
    case health
    case readiness
    /// `/openapi.json`
    case document
    /// `/status`, `/status.json`, `/status.ics`
    case status(StatusForm)
    /// `OPTIONS *`
    case anything
    case unknown

    /// - Parameter path: the request's path within `bytes`; octets that are unreserved in a URI
    ///   stand for themselves.
    init(path: ByteRange, in bytes: RawSpan) {
        let span = bytes.extracting(path.range)
        let prefix = "/v1/operations/".utf8.count
        guard span.byteCount > prefix, span.extracting(0..<prefix).equals("/v1/operations/")
        else {
            self = Self.fixed(span)
            return
        }
        var end = prefix
        while end < span.byteCount, span[end] != ASCII.slash { end += 1 }
        let operation = ByteRange(
            start: path.start + UInt32(prefix), count: UInt32(end - prefix))
        let rest = span.extracting(end..<span.byteCount)
        if rest.byteCount == 0 {
            self = .operation(operation)
        } else if rest.equals("/entries") {
            self = .entries(operation)
        } else if rest.equals("/challenge") {
            self = .challenge(operation)
        } else {
            self = .unknown
        }
    }

    /// A target without parameters.
    private static func fixed(_ path: RawSpan) -> PublicTarget {
        if path.equals("/healthz") { return .health }
        if path.equals("/readyz") { return .readiness }
        if path.equals("/openapi.json") { return .document }
        if let form = StatusForm(path: path) { return .status(form) }
        return path.equals("*") ? .anything : .unknown
    }
}
