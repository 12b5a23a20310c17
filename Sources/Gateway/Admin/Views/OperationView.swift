internal import Bytes
internal import Contract
internal import Ledger
internal import Time

struct OperationView: Encodable {
    let operation: String
    let client: String
    let title: String
    let state: String
    let rule: String
    let opens: String?
    let closes: String?
    let start: String
    let timeZone: String
    let minimumAge: Int?
    let consents: [String]
    /// The SHA-256 of the text behind a consent.
    let consentTexts: [String: String]
    let publicReason: String?
    let allowedOrigins: [String]
    let identity: String
    let country: String?
    let secondKey: SecondKeyRule?
    let cap: EntryCap?
    let isCapReached: Bool
    let robots: String
    /// Networks that the client has named as its own.
    let networks: [String]
    /// Robots that are let in, by the ruleset's names.
    let allowedRobots: [String]
    let policy: String
    let createdAt: String
    let entries: UInt64
    let participants: UInt64
    /// Entries that were let in and count apart.
    let robotEntries: UInt64
    let testEntries: UInt64
    let cover: Int
    /// When the participants went beyond the cover.
    let crossedAt: String?
    /// The notices that it lacks, since when, and the numbers that show it.
    let missingNotices: [MissingNoticeView]
    /// Participants that its declarations let expect; nil without any.
    let expected: Int?
    let forecast: ForecastView?
    /// The notice that counts.
    let trafficNotice: NoticeView?
    /// The newest of them, in the order in which they were declared.
    let campaigns: [CampaignView]
    let campaignsTotal: Int
    /// Tags that nobody declared and that brought a surge, the newest first.
    let unknownSources: [UnknownSourceView]
    /// By what it is suspended: of several, by what ends last.
    let suspension: SuspensionView?
    /// All that suspends it, or would if it were open.
    let suspensions: [SuspensionView]
    /// Entries a second that are let in at most.
    let pacePerSecond: Int?
    /// Numbers that wait to be called.
    let waiting: Int
    /// What the ladder would do, where the policy is to advise.
    let advice: String?
    let attemptsPerSecond: Double
    let acceptedPerSecond: Double
    let p50Seconds: Double?
    let p99Seconds: Double?
    /// Entries refused since the process started, by reason.
    let refusals: [String: UInt64]
    let sources: [PushView.Source]
    /// Answers by verdict; `accepted` of all time, the others since the process started.
    let verdicts: [String: UInt64]
    /// The newest of them, in the order in which they were created.
    let keys: [KeyView]
    let keysTotal: Int

    /// How much of an operation is shown of what there may be much of.
    enum Extent {
        /// Among others in a list.
        case listed
        /// By itself.
        case alone

        /// Campaigns, and keys.
        var parts: Int {
            switch self {
            case .listed: ListLimits.listedParts
            case .alone: ListLimits.shownParts
            }
        }
    }

    /// - Parameter keys: the newest of the operation's, as many as `extent` has.
    init(
        _ operation: Catalogue.Operation, counts: OperationCounts, verdicts: [String: UInt64],
        keys: [KeyView], waiting: UInt64, forecast: Forecast?, _ extent: Extent,
        pushing: PushView, found: [UnknownSourceView], at now: Timestamp
    ) {
        self.operation = operation.id
        let settings = operation.settings
        client = settings.client
        title = settings.title
        state = operation.state(at: now, counts: counts).name
        rule = settings.rule.rawValue
        opens = settings.opens?.rfc3339
        closes = settings.closes?.rfc3339
        start = settings.start.rawValue
        timeZone = settings.timeZone
        minimumAge = settings.minimumAge
        consents = settings.consents
        consentTexts = settings.consentTexts ?? [:]
        publicReason = settings.publicReason
        allowedOrigins = settings.allowedOrigins
        identity = settings.identity.rawValue
        country = settings.country
        secondKey = settings.secondKey
        cap = settings.cap
        isCapReached = settings.cap?.isReached(by: counts) ?? false
        robots = settings.robots.rawValue
        networks = settings.networks
        allowedRobots = settings.allowedRobots
        policy = settings.policy.rawValue
        createdAt = operation.createdAt.rfc3339
        entries = counts.entries
        participants = UInt64(counts.participants)
        robotEntries = counts.robots
        testEntries = counts.tests
        cover = Int(operation.cover.participants)
        crossedAt = operation.crossedAt?.rfc3339
        missingNotices = operation.missingNotices(at: now).map(MissingNoticeView.init)
        expected = operation.declarations.expectedParticipants.map(Int.init)
        self.forecast = forecast.map(ForecastView.init)
        trafficNotice = operation.declarations.notice.map(NoticeView.init)
        campaigns = operation.declarations.campaigns.suffix(extent.parts).map {
            CampaignView($0, hasNote: extent == .alone)
        }
        campaignsTotal = operation.declarations.campaigns.count
        unknownSources = found
        attemptsPerSecond = pushing.attemptsPerSecond
        acceptedPerSecond = pushing.acceptedPerSecond
        p50Seconds = pushing.p50Seconds
        p99Seconds = pushing.p99Seconds
        refusals = pushing.refusals
        sources = pushing.sources
        suspension = SuspensionView(operation)
        suspensions = operation.suspensions.map { SuspensionView($0, of: operation) }
        pacePerSecond = operation.perSecond.map(Int.init)
        self.waiting = Int(clamping: waiting)
        advice = operation.advice
        self.verdicts = verdicts
        self.keys = keys
        keysTotal = operation.keys.count
    }

    private enum CodingKeys: String, CodingKey {
        case operation, client, title, state, rule, opens, closes, start, consents, robots, policy
        case networks, identity, country, cap
        case secondKey = "second_key"
        case isCapReached = "cap_reached"
        case entries, participants, cover, expected, forecast, campaigns, suspension, suspensions
        case waiting, advice, verdicts, keys, refusals, sources
        case robotEntries = "robot_entries"
        case testEntries = "test_entries"
        case campaignsTotal = "campaigns_total"
        case keysTotal = "keys_total"
        case attemptsPerSecond = "attempts_per_second"
        case acceptedPerSecond = "accepted_per_second"
        case p50Seconds = "p50_seconds"
        case p99Seconds = "p99_seconds"
        case crossedAt = "crossed_at"
        case missingNotices = "missing_notices"
        case trafficNotice = "traffic_notice"
        case unknownSources = "unknown_sources"
        case pacePerSecond = "pace_per_second"
        case timeZone = "time_zone"
        case minimumAge = "minimum_age"
        case allowedOrigins = "allowed_origins"
        case allowedRobots = "allowed_robots"
        case consentTexts = "consent_texts"
        case publicReason = "public_reason"
        case createdAt = "created_at"
    }
}

extension Catalogue.Operation {
    /// The step that the ladder would have taken, where the policy is to advise; nil for none.
    var advice: String? {
        guard settings.policy == .advise else { return nil }
        switch rung {
        case .open: return nil
        case .smoothed: return "smooth"
        case .suspended: return "suspend"
        }
    }
}

extension OperationView {
    static let shape = Shape.object(ownMembers + PushView.members)

    private static let ownMembers: [Shape.Member] = [
        .required("operation", .identifier), .required("client", .identifier),
        .required("title", titleText),
        .required("state", .choice(DatedState.allCases.map(\.name))),
        .required("rule", .choice(of: EntryRule.self)), .optional("opens", .time),
        .optional("closes", .time), .required("start", .choice(of: StartOrder.self)),
        .required("time_zone", timeZoneText),
        .optional("minimum_age", age), .required("consents", consentList),
        .required("consent_texts", .map(digest), "The SHA-256 of the text behind a consent."),
        .optional("public_reason", Shape.publicReason, "Told while it is suspended."),
        .required("allowed_origins", originList),
        .required("identity", .choice(of: ParticipantIdentity.self)),
        .optional("country", .text(2...2)), .optional("second_key", SecondKeyRule.shape),
        .optional("cap", EntryCap.shape),
        .required("cap_reached", .boolean, "Nobody new is let in any more."),
        .required("robots", .choice(of: RobotPolicy.self)),
        .required(
            "networks", networkList, "Networks that the client has named as its own (C6)."),
        .required(
            "allowed_robots", robotList,
            "Robots that sign their entries and are let in; they count as robots (C6)."),
        .required("policy", .choice(of: LadderPolicy.self)), .required("created_at", .time),
        .required("entries", .count, "Of participants."), .required("participants", .count),
        .required("robot_entries", .count, "Let in, and counted as robots: nobody's."),
        .required("test_entries", .count, "Let in with a permit: nobody's."),
        .required("cover", .count),
        .optional("crossed_at", .time, "When the participants went beyond the cover."),
        .required(
            "missing_notices",
            .array(MissingNoticeView.shape, maximum: MissingNoticeView.maximum),
            "While it is open: the first half of what the ladder needs to act."),
        .optional("expected", .count, "Participants that its declarations let expect."),
        .optional("forecast", ForecastView.shape), .optional("traffic_notice", NoticeView.shape),
        .required(
            "campaigns", .array(.named("Campaign"), maximum: ListLimits.shownParts),
            "The newest; in a list of operations the newest \(ListLimits.listedParts), without "
                + "their notes."),
        .required("campaigns_total", .count, "All of them have a list of their own."),
        .required("unknown_sources", .array(UnknownSourceView.shape)),
        .optional("suspension", SuspensionView.shape, "Of several, the one that ends last."),
        .required(
            "suspensions", .array(SuspensionView.shape, maximum: 3),
            "Each is a fact of its own: ending one does not end another."),
        .optional("pace_per_second", .count),
        .required("waiting", .count),
        .optional(
            "advice", .choice(["smooth", "suspend"]),
            "What the ladder would do, under the policy `advise`."),
        .required(
            "verdicts", .map(.count),
            "`accepted` of all time, the others since the process started."),
        .required(
            "keys", .array(KeyView.shape, maximum: ListLimits.shownParts),
            "The newest; in a list of operations the newest \(ListLimits.listedParts)."),
        .required("keys_total", .count, "All of them have a list of their own."),
        .changed,
    ]
    static let body = Shape.object(
        [.required("client", .identifier), .required("title", titleText)] + optionalMembers)
    /// A JSON Merge Patch: null takes a setting back to its default.
    static let patch = Shape.object(
        [.optional("client", .identifier), .optional("title", titleText)] + optionalMembers)

    private static let optionalMembers: [Shape.Member] = [
        .optional("opens", .nullable(.time)), .optional("closes", .nullable(.time)),
        .optional(
            "start", .nullable(.choice(of: StartOrder.self)),
            "Whether participants who come before it opens are refused, or get places that are "
                + "shuffled at the opening. Default: first_come."),
        .optional("rule", .nullable(.choice(of: EntryRule.self)), "Default: once."),
        .optional(
            "time_zone", .nullable(timeZoneText),
            "An IANA name; default: the operator's, the setting `time_zone`."),
        .optional("minimum_age", .nullable(age)),
        .optional("consents", .nullable(consentList)),
        .optional(
            "consent_texts", .nullable(.map(.nullable(digest))),
            "By consent, required or not: the SHA-256 of its text, lower-case hexadecimal."),
        .optional(
            "public_reason", .nullable(Shape.publicReason),
            "What the public is told while the operation is suspended; the ground never is."),
        .optional("allowed_origins", .nullable(originList)),
        .optional(
            "identity", .nullable(.choice(of: ParticipantIdentity.self)),
            "What `participant` is; fixed once there are entries. Default: opaque."),
        .optional(
            "country", .nullable(.text(2...2)),
            "ISO 3166 alpha-2, in capitals; required where `identity` is `phone`."),
        .optional(
            "second_key", .nullable(SecondKeyRule.shape),
            "Limits entries of one household, device, …; fixed once there are entries."),
        .optional(
            "cap", .nullable(EntryCap.shape), "The most it takes: participants, or entries."),
        .optional(
            "robots", .nullable(.choice(of: RobotPolicy.self)),
            "What is done about entries that look like a robot's. With `challenge` or `refuse`, "
                + "`GET /v1/operations/{operation}/challenge` of the public listener answers, and "
                + "a solution sent along is verified. Default: observe."),
        .optional(
            "networks", .nullable(networkList),
            "Networks that the client names as its own, in CIDR notation: robots from there are "
                + "its own (C6)."),
        .optional(
            "allowed_robots", .nullable(robotList),
            "Robots that are let in whatever `robots` says, by the names under which the ruleset "
                + "pins their keys, where they sign the entry (RFC 9421, tag `web-bot-auth`). They "
                + "count as robots: no participants, no cover. A name that the ruleset does not "
                + "have is refused, unless the operation has it already. Default: none."),
        .optional("policy", .nullable(.choice(of: LadderPolicy.self)), "Default: advise."),
    ]

    private static let digest = Shape.text(64...64)
    private static let titleText = TextLimit.title.shape
    private static let timeZoneText = Shape.text(1...LedgerLimits.timeZoneBytes)
    private static let age = Shape.integer(0...LedgerLimits.minimumAge)
    private static let consentList = Shape.array(
        .text(1...LedgerLimits.consentBytes), maximum: LedgerLimits.consents)
    private static let networkList = Shape.array(
        .text(1...LedgerLimits.networkBytes), maximum: LedgerLimits.networks)
    private static let robotList = Shape.array(
        .text(1...RobotFindings.nameBytes), maximum: LedgerLimits.allowedRobots)
    private static let originList = Shape.array(
        .text(1...LedgerLimits.originBytes), maximum: LedgerLimits.allowedOrigins)
}

extension OperationView: ListedView {
    static var listName: String { "operations" }
    static var listedShape: Shape { .named("Operation") }
}
