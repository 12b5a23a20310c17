internal import Bytes
internal import Wire

/// A refusal as the wire tells it (RFC 9457): a stable code for programs, a sentence for people.
struct Problem: Sendable {
    let status: UInt16
    /// Stable; the last part of `type`.
    let code: String
    let title: String
    let detail: String
    /// For 422: what is wrong where.
    var faults: [EntryFault] = []
    /// Seconds until it is worth trying again, where it is.
    var retryAfterSeconds: Int?

    init(
        _ status: UInt16, _ code: String, _ title: String, _ detail: String,
        faults: [EntryFault] = [], retryAfterSeconds: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.faults = faults
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// Appends the members, without the braces, so that a verdict can add its own.
    func appendMembers(to buffer: inout ByteBuffer) {
        buffer.append("\"type\":\"urn:portillon:problem:")
        buffer.append(code)
        buffer.append("\",\"title\":")
        buffer.append(jsonString: title)
        buffer.append(",\"status\":")
        buffer.append(decimal: UInt64(status))
        buffer.append(",\"detail\":")
        buffer.append(jsonString: detail)
        buffer.append(",\"code\":\"")
        buffer.append(code)
        buffer.append(ASCII.quote)
        if let retryAfterSeconds {
            buffer.append(",\"retry_after\":")
            buffer.append(decimal: UInt64(retryAfterSeconds))
        }
        guard !faults.isEmpty else { return }
        buffer.append(",\"errors\":[")
        for (index, fault) in faults.enumerated() {
            if index > 0 { buffer.append(ASCII.comma) }
            buffer.append("{\"pointer\":")
            buffer.append(jsonString: fault.pointer)
            buffer.append(",\"detail\":")
            buffer.append(jsonString: fault.detail)
            buffer.append(UInt8(ascii: "}"))
        }
        buffer.append(UInt8(ascii: "]"))
    }
}

extension Problem {
    static let notFound = Problem(
        404, "not_found", "Not found", "There is nothing at this path; see /openapi.json.")
    static let unauthorized = Problem(
        401, "unauthorized", "No valid key",
        "Send the operation's front-end key: Authorization: Bearer pk_…")
    static let unknownOperation = Problem(
        404, "unknown_operation", "Unknown operation", "No operation has this name.")
    static let wrongOperation = Problem(
        403, "wrong_operation", "Wrong operation", "The key is valid for another operation.")
    static let unsupportedMediaType = Problem(
        415, "unsupported_media_type", "Not JSON",
        "Send the entry as application/json in UTF-8.")
    static let badIdempotencyKey = Problem(
        400, "bad_idempotency_key", "Bad Idempotency-Key",
        "An Idempotency-Key has 1 to 255 bytes.")
    static let overloaded = Problem(
        503, "overloaded", "Overloaded", "The gateway cannot take the request now; try again.",
        retryAfterSeconds: 1)

    static func methodNotAllowed(_ allow: StaticString) -> Problem {
        Problem(405, "method_not_allowed", "Method not allowed", "This path answers \(allow).")
    }

    static func notJSON(_ failure: JSONFailure) -> Problem {
        Problem(
            400, "not_json", "Not JSON",
            "The body is not JSON at byte \(failure.offset): \(failure.kind.detail).")
    }

    static func wrongShape(_ faults: [EntryFault]) -> Problem {
        Problem(
            422, "wrong_shape", "Wrong shape", "The body is JSON, but not what is expected here.",
            faults: faults)
    }

    init(_ rejection: HTTPRejection) {
        self.init(
            UInt16(rejection.status), "\(rejection.code)", "Bad request", "\(rejection.detail)")
    }
}

extension EntryVerdict {
    /// The verdict's name in the interface.
    var name: StaticString {
        switch self {
        case .accepted: "accepted"
        case .repeated: "repeated"
        case .notOpen, .closed: "closed"
        case .refusedAge, .refusedConsents, .refusedOrigin: "refused"
        case .full, .noSpace: "overloaded"
        case .keyRevoked, .wrongOperation: "none"
        }
    }

    /// Why an entry was not taken.
    var problem: Problem {
        switch self {
        case .accepted, .repeated: preconditionFailure("these are not refusals")
        case .notOpen:
            Problem(403, "not_open", "Not open yet", "The operation does not take entries yet.")
        case .closed: Problem(410, "closed", "Closed", "The operation takes no entries any more.")
        case .refusedAge:
            Problem(403, "refused", "Refused", "The operation asks for age_confirmed: true.")
        case .refusedConsents:
            Problem(403, "refused", "Refused", "A consent that the operation asks for is missing.")
        case .refusedOrigin:
            Problem(403, "refused", "Refused", "The key may not be used from this origin.")
        case .keyRevoked: .unauthorized
        case .wrongOperation: .wrongOperation
        case .full:
            .overloaded
        case .noSpace:
            Problem(
                503, "overloaded", "Overloaded",
                "The gateway cannot store entries now; nothing is lost; try again.",
                retryAfterSeconds: 5)
        }
    }

    /// The codes of `reasons`, for what is refused.
    var reason: StaticString? {
        switch self {
        case .refusedAge: "age_not_confirmed"
        case .refusedConsents: "consent_missing"
        case .refusedOrigin: "origin_not_allowed"
        default: nil
        }
    }
}
