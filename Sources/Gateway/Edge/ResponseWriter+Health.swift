internal import Bytes
internal import Wire

/// The small answers that both listeners give.
extension ResponseWriter {
    /// The process turns over: that this answer is written says it.
    mutating func respondHealth() {
        body.removeAll()
        body.append("{\"status\":\"ok\"}" as StaticString)
        respond(.health, .ok)
    }

    /// Whether entries can be accepted, and why not.
    mutating func respondReadiness(_ reasons: [String]) {
        body.removeAll()
        body.append(reasons.isEmpty ? "{\"status\":\"ready\"" : "{\"status\":\"unready\"")
        body.append(",\"reasons\":[" as StaticString)
        for (index, reason) in reasons.enumerated() {
            if index > 0 { body.append(ASCII.comma) }
            body.append(jsonString: reason)
        }
        body.append("]}" as StaticString)
        respond(.readiness, reasons.isEmpty ? .ok : .serviceUnavailable)
    }

    /// `OPTIONS *`: what the listener as a whole takes (RFC 9110, 9.3.7).
    mutating func respondOptions(allow: StaticString) {
        body.removeAll()
        fields.append("Allow", allow)
        respond(.none, .noContent)
    }

    /// Whether the method only reads; answers 405 where it does not.
    mutating func isRead(_ method: HTTPMethod, _ route: Route) -> Bool {
        if method == .get || method == .head { return true }
        refuseMethod(route, allow: "GET, HEAD")
        return false
    }
}
