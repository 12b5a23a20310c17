internal import Bytes
internal import Time
internal import Vault
internal import Wire

/// A refusal as the wire tells it (RFC 9457): a stable code for programs, a sentence for people.
///
/// Its text is written when it is made. Most are made once, so that refusing in a flood is copying.
final class Problem: Error, Sendable {
    let status: HTTPStatus
    /// Stable; the last part of `type`.
    let code: String
    let title: String
    let detail: String
    /// For 422: what is wrong where.
    let fieldErrors: [FieldError]
    /// Seconds until it is worth trying again, where it is; each answer says some time after that.
    let retryAfterSeconds: Int?
    /// Its members as JSON, without the braces and `retry_after`, so that a verdict can add its
    /// own.
    let members: ByteBuffer
    /// The fields that its answer has beside the usual ones and `Retry-After`.
    let fields: HeaderLines

    init(
        _ status: HTTPStatus, _ code: String, _ title: String, _ detail: String,
        fieldErrors: [FieldError] = [], retryAfterSeconds: Int? = nil, notBefore: Timestamp? = nil,
        asksBrowsers: Bool = false
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.fieldErrors = fieldErrors
        self.retryAfterSeconds = retryAfterSeconds
        var text = ByteBuffer(capacity: 512)
        text.append("\"type\":\"urn:portillon:problem:" as StaticString)
        text.append(code)
        text.append("\",\"title\":" as StaticString)
        text.append(jsonString: title)
        text.append(",\"status\":" as StaticString)
        text.append(decimal: UInt64(status.rawValue))
        text.append(",\"detail\":" as StaticString)
        text.append(jsonString: detail)
        text.append(",\"code\":\"" as StaticString)
        text.append(code)
        text.append(ASCII.quote)
        Self.append(fieldErrors, to: &text)
        if let notBefore {
            text.append(",\"not_before\":\"" as StaticString)
            text.append(rfc3339: notBefore)
            text.append(ASCII.quote)
        }
        members = text
        var fields = HeaderLines(capacity: 64)
        if status == .unauthorized {
            fields.append("WWW-Authenticate", "Bearer realm=\"portillon\"")
            // A browser asks its user, and sends the password (RFC 7617).
            if asksBrowsers {
                fields.append(
                    "WWW-Authenticate", "Basic realm=\"portillon\", charset=\"UTF-8\"")
            }
        }
        // RFC 9110, 15.5.16: the coding is what is wrong, or might be.
        if status == .unsupportedMediaType { fields.append("Accept-Encoding", "identity") }
        // What is not there may be in a moment; a cache would keep saying that it is not.
        if status == .notFound { fields.append("Cache-Control", "no-store") }
        self.fields = fields
    }

    private static func append(_ fieldErrors: [FieldError], to text: inout ByteBuffer) {
        guard !fieldErrors.isEmpty else { return }
        text.append(",\"errors\":[" as StaticString)
        for (index, fault) in fieldErrors.enumerated() {
            if index > 0 { text.append(ASCII.comma) }
            text.append("{\"pointer\":" as StaticString)
            text.append(jsonString: fault.pointer)
            text.append(",\"detail\":" as StaticString)
            text.append(jsonString: fault.detail)
            text.append(UInt8(ascii: "}"))
        }
        text.append(UInt8(ascii: "]"))
    }
}

extension Problem {
    // MARK: Places and keys

    static let notFound = Problem(
        .notFound, "not_found", "Not found", "No resource has this path.")
    static let unauthorized = Problem(
        .unauthorized, "unauthorized", "No valid key",
        "Send a valid front-end key of the operation: Authorization: Bearer pk_…")
    static let noToken = Problem(
        .unauthorized, "unauthorized", "No valid token",
        "Send a valid token: Authorization: Bearer …")
    static let noTokenOfBrowser = Problem(
        .unauthorized, "unauthorized", "No valid token",
        "Send a valid token: Authorization: Bearer …; a browser takes it as the password.",
        asksBrowsers: true)
    static func tokenExpired(
        _ id: String, at time: String, asksBrowsers: Bool = false
    ) -> Problem {
        Problem(
            .unauthorized, "token_expired", "Token expired",
            "This token expired at \(time); ask an administrator for a new one. A token that still "
                + "works is renewed with: portillon token renew \(id)",
            asksBrowsers: asksBrowsers)
    }
    static let forbidden = Problem(
        .forbidden, "forbidden", "Not permitted", "This token's role does not permit this request.")
    static let unknownHost = Problem(
        .misdirectedRequest, "unknown_host", "Unknown host name",
        "The admin listener does not go by the name in Host. Ask for it by its address, or add the "
            + "name to the setting admin.host_names.")
    static let foreignOrigin = Problem(
        .forbidden, "foreign_origin", "Page of another origin",
        "A page of another origin sent this request; the admin listener takes requests of its own "
            + "pages alone. Behind a proxy, add the page's host name to the setting "
            + "admin.host_names.")
    static let unknownOperation = Problem(
        .notFound, "unknown_operation", "Unknown operation", "No operation has this name.")
    static let unknownClient = Problem(
        .notFound, "unknown_client", "Unknown client", "No client has this name.")
    static let wrongOperation = Problem(
        .forbidden, "wrong_operation", "Wrong operation", "This key belongs to another operation.")

    static let noChallenge = Problem(
        .notFound, "no_challenge", "No challenge", "This operation asks for no challenges.")
    static let challengesUsedUp = Problem(
        .serviceUnavailable, "overloaded", "Overloaded",
        "All challenges that were made ahead are given out; try again after Retry-After.",
        retryAfterSeconds: 1)

    static let tooManyConnections = Problem(
        .serviceUnavailable, "too_many_connections", "Too many connections",
        "Connection limit reached, in total or for this address.",
        retryAfterSeconds: 1)

    static let tooManyTokenConnections = Problem(
        .tooManyRequests, "too_many_connections", "Too many connections",
        "This token has as many connections as one may have; close others first.",
        retryAfterSeconds: 1)
    static let tooManyRequests = Problem(
        .tooManyRequests, "too_many_requests", "Too many requests",
        "This token has as many requests in progress as one may have; wait for their answers.",
        retryAfterSeconds: 1)

    static func notAllowed(_ methods: String) -> Problem {
        Problem(
            .methodNotAllowed, "method_not_allowed", "Method not allowed",
            "This path supports only \(methods).")
    }

    // MARK: What was sent

    static let unsupportedMediaType = Problem(
        .unsupportedMediaType, "unsupported_media_type", "Not JSON",
        "Send the body as JSON in UTF-8, with Content-Type: application/json.")
    static let unsupportedContentCoding = Problem(
        .unsupportedMediaType, "unsupported_media_type", "Content-Encoding not supported",
        "Send the body as it is, without Content-Encoding.")
    static let badIdempotencyKey = Problem(
        .badRequest, "bad_idempotency_key", "Bad Idempotency-Key",
        "An Idempotency-Key must have 1 to 255 bytes.")
    static let idempotencyKeyReused = Problem(
        .unprocessableContent, "idempotency_key_reused", "Idempotency-Key reused",
        "This Idempotency-Key was used for another entry; "
            + "send each new entry with a key of its own.")

    static func notJSON(_ failure: JSONError) -> Problem {
        Problem(
            .badRequest, "not_json", "Not JSON",
            "The body is not JSON at byte \(failure.offset): \(failure.detail)")
    }

    /// A parameter of the query.
    static func wrongParameter(_ name: String, _ detail: String) -> Problem {
        Problem(
            .unprocessableContent, "wrong_parameter", "Wrong query parameter",
            "A parameter of the query is wrong; errors names it.",
            fieldErrors: [FieldError(pointer: "/\(name)", detail: detail)])
    }

    static func wrongShape(_ fieldErrors: [FieldError]) -> Problem {
        Problem(
            .unprocessableContent, "wrong_shape", "Wrong shape",
            "The body is JSON of the wrong shape; errors lists each fault.",
            fieldErrors: fieldErrors)
    }

    static let needsTLS = Problem(
        .badRequest, "tls_required", "TLS is required",
        "This port speaks only HTTPS; use https:// instead of http://.")

    convenience init(_ rejection: HTTPRejection) {
        self.init(
            rejection.status, "\(rejection.code)", "Invalid request",
            "\(rejection.detail)")
    }

    // MARK: What cannot be done now

    static let overloaded = Problem(
        .serviceUnavailable, "overloaded", "Overloaded",
        "The gateway is overloaded; try again after Retry-After.", retryAfterSeconds: 1)
    /// - Parameter leader: the node that leads, and where other nodes reach it; nil for none.
    static func notLeading(_ leader: (node: String, address: String)?) -> Problem {
        let who =
            leader.map { "node \($0.node) at \($0.address) leads: ask that one." }
            ?? "no node leads now: ask again after Retry-After."
        return Problem(
            .serviceUnavailable, "not_leading", "Not the leader",
            "This node does not lead, and nothing has changed; " + who, retryAfterSeconds: 1)
    }
    static let changeOutcomeUnknown = Problem(
        .serviceUnavailable, "outcome_unknown", "Outcome unknown",
        "The node that leads ended, or did not answer, while it had this change: it may be carried "
            + "out. Read again what it was to change before you send it once more.",
        retryAfterSeconds: 2)
    /// - Parameter reason: why the node that leads cannot read what this one has sent it.
    static func unreadChange(_ reason: String) -> Problem {
        Problem(
            .serviceUnavailable, "not_leading", "Not the leader",
            "The node that leads cannot read this change, and nothing has changed: \(reason). Do "
                + "the nodes have the same version? Ask the one that leads.", retryAfterSeconds: 1)
    }
    static func webhookSecretUnread(_ id: String) -> Problem {
        Problem(
            .serviceUnavailable, "secret_unread", "Secret not read",
            "Webhook `\(id)` was added, but its secret cannot be read: remove it, and add another.",
            retryAfterSeconds: 1)
    }
    /// - Parameter isDone: the request was a change, and is carried out.
    static func noRoomForAnswer(toChange isDone: Bool) -> Problem {
        Problem(
            .serviceUnavailable, "no_room_for_answer", "No room for the answer",
            "Answers that other clients do not read take up limits.parked_bytes; "
                + (isDone
                    ? "the change is made: read it again after Retry-After."
                    : "try again after Retry-After, or ask for less."),
            retryAfterSeconds: 1)
    }

    static func answerTooLarge(_ count: Int, maximum: Int) -> Problem {
        Problem(
            .serviceUnavailable, "answer_too_large", "Answer too large",
            "The answer has \(count) bytes, more than limits.parked_bytes (\(maximum)) keeps for "
                + "a client that reads slowly; ask for less of it, or raise that limit.")
    }

    static let outcomeUnknown = Problem(
        .serviceUnavailable, "outcome_unknown", "Outcome unknown",
        "The disk does not answer, and the entry may be stored all the same; send it again with "
            + "the same Idempotency-Key after Retry-After to find out.", retryAfterSeconds: 5)
    static let leaderOutcomeUnknown = Problem(
        .serviceUnavailable, "outcome_unknown", "Outcome unknown",
        "The node that decides entries ended while it had this one: it may have been stored. Sent "
            + "again without an Idempotency-Key, it may count twice.", retryAfterSeconds: 2)
    static let commandOutcomeUnknown = Problem(
        .serviceUnavailable, "outcome_unknown", "Outcome unknown",
        "The disk does not answer, and the change may be made all the same; look before you repeat "
            + "it.", retryAfterSeconds: 5)
    static let keysUnavailable = Problem(
        .serviceUnavailable, "keys_unavailable", "Keys unavailable",
        "The disk does not answer in keys/, or etcd for a cluster's keys; nothing has changed. Try "
            + "again after Retry-After.", retryAfterSeconds: 5)
    static let clockUnconfirmed = Problem(
        .serviceUnavailable, "clock_unconfirmed", "Clock not confirmed",
        "The clock is more than a day away from the journal's last record, so nothing is recorded; "
            + "set the clock right, or confirm it: portillon clock confirm DATE.",
        retryAfterSeconds: 5)
    static let wrongDate = Problem(
        .conflict, "wrong_date", "Wrong date",
        "Not confirmed: date must be the date that the gateway's clock shows now, in UTC; set the "
            + "clock right.")
    static let notConfirmed = Problem(
        .conflict, "not_confirmed", "Not confirmed",
        "Not done: repeat the operation's name as \"confirm\"; this cannot be undone.")
    static let purgeNotConfirmed = Problem(
        .conflict, "not_confirmed", "Not confirmed",
        "Not done: repeat the permit's id as \"confirm\"; this cannot be undone.")
    static let permitUnsigned = Problem(
        .conflict, "permit_unsigned", "Permit unsigned",
        "The key of the permit's operation cannot be read, or is no more; see the gateway's log.")
    static func permitUnverified(_ error: KeyVaultError) -> Problem {
        Problem(
            .serviceUnavailable, "permit_unverified", "Permit unverified",
            "Whether the gateway signed this permit cannot be told: \(error).")
    }
    static let runNotForgotten = Problem(
        .internalServerError, "run_not_forgotten", "Run not forgotten",
        "The test entries count no more, but the data they gave is still readable; see the "
            + "gateway's log for the cause, and ask for the purge again.")
    static let resumptionNotConfirmed = Problem(
        .conflict, "not_confirmed", "Not confirmed",
        "Not done: \"confirm\" must be the name in the path, or absent.")
    static let exportUnreadable = Problem(
        .internalServerError, "export_failed", "Export failed",
        "Cannot read the entries; see the gateway's log for the cause.")
    static let dossierFailed = Problem(
        .internalServerError, "dossier_failed", "Dossier failed",
        "Cannot write the dossier; see the gateway's log for the cause.")
    static let exportFailed = Problem(
        .internalServerError, "export_failed", "Export failed",
        "Cannot write the export; see the log for the cause. Nothing has changed.")
}
