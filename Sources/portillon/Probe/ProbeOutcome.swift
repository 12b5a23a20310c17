import Wire

/// What one attempt of a probe found.
enum ProbeOutcome: Equatable {
    /// The entry was stored, or repeats one that was, and the answer came in time.
    case accessible
    /// No right answer; why.
    case failed(String)
    /// No answer within the time allowed.
    case slow
    /// It says nothing of the service: the gateway refuses this probe's own key, permit or
    /// operation; why. A minute of such attempts is unmeasured.
    case void(String)

    /// - Parameters: of the answer.
    init(status: Int, body bytes: [UInt8]) {
        // Whatever is no JSON comes from something in front of the gateway.
        let body = try? JSONValue(bytes)
        let verdict = body?["verdict"]?.string
        if [200, 201].contains(status), ["accepted", "repeated"].contains(verdict) {
            self = .accessible
            return
        }
        let reason = Self.reason(body)
        let words = reason ?? verdict ?? "no answer of a gateway"
        if let reason, Self.ownFaults.contains(reason) || reason.hasPrefix("permit_") {
            self = .void(words)
        } else {
            self = .failed("status \(status), \(words)")
        }
    }

    /// The gateway's own code, or the first reason of a refusal.
    private static func reason(_ body: JSONValue?) -> String? {
        guard let type = body?["type"]?.string, type.hasPrefix("urn:portillon:problem:") else {
            return nil
        }
        return body?["reasons"]?.elements.first?.string ?? body?["code"]?.string
    }

    /// Codes of answers that a front end of another operation would not get; a test holds them
    /// against the gateway's own.
    static let ownFaults: Set<String> = [
        "unauthorized", "wrong_operation", "unknown_operation", "closed", "not_open",
        "cap_reached", "wrong_shape", "unsupported_media_type", "tls_required",
        "origin_not_allowed", "age_not_confirmed", "consent_missing", "second_key_limit",
    ]
}
