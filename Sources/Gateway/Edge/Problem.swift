internal import Bytes
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
    /// Seconds until it is worth trying again, where it is.
    let retryAfterSeconds: Int?
    /// Its members as JSON, without the braces, so that a verdict can add its own.
    let members: ByteBuffer
    /// The fields that its answer has beside the usual ones.
    let fields: HeaderLines

    init(
        _ status: HTTPStatus, _ code: String, _ title: String, _ detail: String,
        fieldErrors: [FieldError] = [], retryAfterSeconds: Int? = nil
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
        if let retryAfterSeconds {
            text.append(",\"retry_after\":" as StaticString)
            text.append(decimal: UInt64(retryAfterSeconds))
        }
        Self.append(fieldErrors, to: &text)
        members = text
        var fields = HeaderLines(capacity: 64)
        if let retryAfterSeconds { fields.append("Retry-After", UInt64(retryAfterSeconds)) }
        if status == .unauthorized {
            fields.append("WWW-Authenticate", "Bearer realm=\"portillon\"")
        }
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
        .notFound, "not_found", "Not found", "There is nothing at this path.")
    static let unauthorized = Problem(
        .unauthorized, "unauthorized", "No valid key",
        "Send the operation's front-end key: Authorization: Bearer pk_…")
    static let noToken = Problem(
        .unauthorized, "unauthorized", "No valid token",
        "Send the admin token: Authorization: Bearer at_…")
    static let forbidden = Problem(
        .forbidden, "forbidden", "Not permitted", "This token's role does not permit this request.")
    static let unknownOperation = Problem(
        .notFound, "unknown_operation", "Unknown operation", "No operation has this name.")
    static let wrongOperation = Problem(
        .forbidden, "wrong_operation", "Wrong operation", "The key is for another operation.")

    static let tooManyConnections = Problem(
        .serviceUnavailable, "too_many_connections", "Too many connections",
        "Connection limit reached, in total or for this address.",
        retryAfterSeconds: 1)

    static func notAllowed(_ methods: String) -> Problem {
        Problem(
            .methodNotAllowed, "method_not_allowed", "Method not allowed",
            "This path answers \(methods).")
    }

    // MARK: What was sent

    static let unsupportedMediaType = Problem(
        .unsupportedMediaType, "unsupported_media_type", "Not JSON",
        "Send the body as Content-Type: application/json, in UTF-8.")
    static let badIdempotencyKey = Problem(
        .badRequest, "bad_idempotency_key", "Bad Idempotency-Key",
        "An Idempotency-Key has 1 to 255 bytes.")

    static func notJSON(_ failure: JSONError) -> Problem {
        Problem(
            .badRequest, "not_json", "Not JSON",
            "The body is not JSON at byte \(failure.offset): \(failure.detail)")
    }

    static func wrongShape(_ fieldErrors: [FieldError]) -> Problem {
        Problem(
            .unprocessableContent, "wrong_shape", "Wrong shape",
            "The body is JSON, but not what is expected here.", fieldErrors: fieldErrors)
    }

    static let needsTLS = Problem(
        .badRequest, "tls_required", "TLS is required",
        "This port speaks HTTPS only; ask with https:// in place of http://.")

    convenience init(_ rejection: HTTPRejection) {
        self.init(
            rejection.status, "\(rejection.code)", "Not a request that is taken here",
            "\(rejection.detail)")
    }

    // MARK: What cannot be done now

    static let overloaded = Problem(
        .serviceUnavailable, "overloaded", "Overloaded",
        "The gateway cannot take the request now; try again.", retryAfterSeconds: 1)
    static let notConfirmed = Problem(
        .conflict, "not_confirmed", "Not confirmed",
        "This cannot be undone: \"confirm\" names the operation once more. Nothing has changed.")
    static let exportFailed = Problem(
        .internalServerError, "export_failed", "Export failed",
        "The export that goes before could not be written; the log says why. Nothing has changed.")
}
