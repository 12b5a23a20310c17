internal import Contract
internal import Ledger
internal import Robots
internal import Wire

/// Every route of the public listener, one entry each.
enum PublicRouteTable {
    static let routes: [PublicRoute] = [
        PublicRoute(
            "POST", "/v1/operations/{operation}/entries", .entries, needsKey: true,
            "Enters a participant. The answer comes when the entry is on stable storage.",
            body: entry,
            answers: [.json(.created, stored("accepted")), .json(.ok, stored("repeated"))],
            refusals: [
                .badRequest, .unauthorized, .forbidden, .notFound, .gone, .unsupportedMediaType,
                .unprocessableContent, .tooManyRequests,
            ]),
        PublicRoute(
            "OPTIONS", "/v1/operations/{operation}/entries", .entriesPreflight,
            "What may be sent. CORS preflights are answered for every path.",
            answers: [AdminRoute.Answer(status: .noContent, content: [])], refusals: [.notFound]),
        PublicRoute(
            "GET", "/v1/operations/{operation}", .operation,
            "What front ends may know of an operation.",
            answers: [.json(.ok, operation)], refusals: [.notFound]),
        PublicRoute(
            "GET", "/v1/operations/{operation}/challenge", .challenge,
            "A challenge (ALTCHA, proof of work v2), good for one entry of the operation.",
            answers: [.json(.ok, challenge)], refusals: [.unauthorized, .forbidden, .notFound]),
        PublicRoute(
            "GET", "/openapi.json", .openAPI, "This document, of the public listener.",
            answers: [
                .json(.ok, .map(.any)), AdminRoute.Answer(status: .notModified, content: []),
            ]),
        PublicRoute(
            "GET", "/status", .statusPage,
            "How the service is, as a page; where the setting status_page says so.",
            answers: status("text/html"), refusals: [.notFound]),
        PublicRoute(
            "GET", "/status.json", .statusPage, "The same for programs.",
            answers: status("application/json", ServiceStatus.shape), refusals: [.notFound]),
        PublicRoute(
            "GET", "/status.ics", .statusPage,
            "Maintenance that is planned or goes on, as iCalendar (RFC 5545).",
            answers: status("text/calendar"), refusals: [.notFound]),
        PublicRoute(
            "GET", "/healthz", .health, isOfBoth: true, "The process answers.",
            answers: [.json(.ok, .object([.required("status", .choice(["ok"]))]))]),
        PublicRoute(
            "GET", "/readyz", .readiness, isOfBoth: true,
            "Whether entries can be accepted, and why not.",
            answers: [
                .json(.ok, readiness("ready")), .json(.serviceUnavailable, readiness("unready")),
            ]
        ),
    ]

    private static let entry = Shape.object([
        .required(
            "participant", .text(1...256),
            "As the operation's `identity` says; 1 to 256 bytes."),
        .optional(
            "fields", .nullable(.map(.any)), "Whatever belongs to the entry; 8 KiB of text at most."
        ),
        .optional(
            "source", .nullable(.text(0...LedgerLimits.sourceBytes)), "The campaign's tag."),
        .optional("age_confirmed", .nullable(.boolean)),
        .optional(
            "consents",
            .nullable(.array(.text(1...LedgerLimits.consentBytes), maximum: LedgerLimits.consents)),
            "All that the person gave, required or not."),
        .optional(
            "second_key", .nullable(.text(1...256)),
            "Of the household, the device, …: required where the operation limits entries by it. "
                + "Hashed at once, never stored; 1 to 256 bytes."),
        .optional("ticket", .nullable(.text(0...1_024)), "From the answer `waiting`."),
        .optional(
            "altcha", .nullable(.text(0...SolutionReader.maximumBytes)),
            "A solved challenge: base64 of its JSON, as ALTCHA's libraries write it."),
    ])

    /// What a challenge asks for.
    static let challenge = Shape.object([
        .required(
            "parameters",
            .object([
                .required("algorithm", .choice(["PBKDF2/SHA-256"])),
                .required("nonce", .text(32...32), "16 bytes, hexadecimal, as all that follow."),
                .required("salt", .text(32...32)),
                .required("cost", .count, "Iterations of one attempt."),
                .required("keyLength", .count), .required("keyPrefix", .text(32...32)),
                .required("keySignature", .text(64...64)),
                .required("expiresAt", .count, "Seconds since 1970."),
                .required(
                    "data",
                    .object([
                        .optional("key", .text(16...16), "For the front-end key that was sent."),
                        .required("level", .integer(1...3), "How much work it is."),
                        .required("operation", .identifier),
                        .optional(
                            "readyAt", .count,
                            "From then on it is good without `solution`, for a device that cannot "
                                + "solve it: seconds since 1970."),
                    ])),
            ])),
        .required("signature", .text(64...64), "To be sent back with the parameters."),
    ])

    private static func status(_ type: String, _ shape: Shape? = nil) -> [AdminRoute.Answer] {
        [
            AdminRoute.Answer(status: .ok, content: [(type, shape)]),
            AdminRoute.Answer(status: .notModified, content: []),
        ]
    }

    private static func stored(_ verdict: String) -> Shape {
        .object([
            .required("verdict", .choice([verdict])), .required("operation", .identifier),
            .required("entry", .text(1...20)),
            .required(
                "participant_number", .count,
                "Counts participants from 1; 0 of an entry that counts as a robot."),
            .required("at", .time, "Of the first entry, where it is repeated."),
        ])
    }

    private static func readiness(_ status: String) -> Shape {
        .object([
            .required("status", .choice([status])), .required("reasons", .array(.text(1...64))),
        ])
    }

    private static let operation = Shape.object([
        .required("operation", .identifier), .required("title", .text(1...LedgerLimits.titleBytes)),
        .required(
            "state", .choice(DatedState.allCases.filter { $0 != .draft }.map(\.name))),
        .required("opens", .nullable(.time)),
        .required("closes", .nullable(.time)),
        .optional("reason", Shape.publicReason, "Why it is suspended."),
        .required("rule", .choice(of: EntryRule.self)),
        .required("minimum_age", .nullable(.integer(0...LedgerLimits.minimumAge))),
        .required(
            "consents",
            .array(.text(1...LedgerLimits.consentBytes), maximum: LedgerLimits.consents),
            "All that an entry must give."),
        .required(
            "consent_texts", .map(.text(64...64)), "By consent: the SHA-256 of its text."),
        .required(
            "identity", .choice(of: ParticipantIdentity.self),
            "What `participant` is: spellings of one address or number are one participant."),
        .required(
            "country", .nullable(.text(2...2)), "Whose national telephone numbers are read."),
        .required("second_key", .nullable(SecondKeyRule.shape)),
        .required("cap", .nullable(EntryCap.shape)),
        .required("cap_reached", .boolean, "Nobody new is let in any more."),
        .required(
            "challenge", .boolean, "Whether an entry may be asked to solve a challenge."),
        .required(
            "limits", .map(.count), "Of an entry: bytes, and of `consents` elements."),
    ])
}
