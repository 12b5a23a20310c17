internal import Bytes
package import Contract
package import Time

/// How often one person may enter an operation.
package enum EntryRule: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    /// One entry a person.
    case once
    /// One entry a person and local day.
    case daily
    /// As many as they like.
    case unlimited
}

/// What is done about an entry that looks like a robot's.
package enum RobotPolicy: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    case off, observe, challenge, refuse

    /// Whether an entry may be asked to solve a challenge.
    package var mayChallenge: Bool { self == .challenge || self == .refuse }
}

/// Whether the ladder of measures acts, or only says what it would do.
package enum LadderPolicy: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    case advise, enforce
}

/// How participants who come before an operation opens stand when it does (C4).
package enum StartOrder: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    /// They are refused: whoever comes first after the opening is first.
    case firstCome = "first_come"
    /// Each gets one place, and the places are shuffled at the opening.
    case shuffled
}

/// What a client chose for an operation: the fields of `PUT /v1/operations/{operation}`, and the
/// table that its time zone stands for.
package struct OperationSettings: Equatable, Sendable {
    /// The client's identifier; fixed by the first PUT.
    package var client: String
    package var title: String
    /// Entries are taken from this moment on; `nil`: as soon as the operation is open.
    package var opens: Timestamp?
    /// The first moment at which entries are no longer taken; `nil`: until it is closed.
    package var closes: Timestamp?
    /// `nil` for `first_come`, so that a value has one text in records.
    private var namedStart: StartOrder?
    /// Fixed once there are entries.
    package var rule: EntryRule
    /// IANA name, as it was given. The fold goes by `localTime` alone.
    package var timeZone: String
    package var localTime: LocalTime
    /// Years; an entry must confirm the age where this is set (C24).
    package var minimumAge: Int?
    /// Codes of the consents that an entry must give, all of them (C24).
    package var consents: [String]
    /// The SHA-256 of the text behind a consent, 64 hexadecimal digits, by the consent's code:
    /// stands in the record of each entry that gives it. Also of consents that are not required.
    package var consentTexts: [String: String]?
    /// What the public is told while the operation is suspended; `nil`: a neutral sentence.
    package var publicReason: String?
    /// Origins that may send an entry from a browser (``WebOrigin``); empty: any.
    package var allowedOrigins: [String]
    /// `nil` for `opaque`, so that a value has one text in records.
    private var namedIdentity: ParticipantIdentity?
    /// Of the plan that national telephone numbers are read by: ISO 3166 alpha-2, in capitals.
    package var country: String?
    package var secondKey: SecondKeyRule?
    package var cap: EntryCap?
    package var robots: RobotPolicy
    /// `nil` for none, so that a value has one text in records.
    private var namedNetworks: [String]?
    /// The same.
    private var namedAllowedRobots: [String]?
    package var policy: LadderPolicy

    /// Networks that the client has named as its own, in CIDR notation: robots from there are its
    /// own (C6).
    package var networks: [String] {
        get { namedNetworks ?? [] }
        set { namedNetworks = newValue.isEmpty ? nil : newValue }
    }

    /// Robots that are let in and count as such, whatever `robots` says of others, by the names
    /// under which the ruleset has their keys (C6).
    package var allowedRobots: [String] {
        get { namedAllowedRobots ?? [] }
        set { namedAllowedRobots = newValue.isEmpty ? nil : newValue }
    }

    /// How participants stand who come before it opens.
    package var start: StartOrder {
        get { namedStart ?? .firstCome }
        set { namedStart = newValue == .firstCome ? nil : newValue }
    }

    /// What a participant is, and so which spellings are one (C25). Fixed once there are entries.
    package var identity: ParticipantIdentity {
        get { namedIdentity ?? .opaque }
        set { namedIdentity = newValue == .opaque ? nil : newValue }
    }

    package init(
        client: String, title: String, opens: Timestamp? = nil, closes: Timestamp? = nil,
        start: StartOrder = .firstCome, rule: EntryRule, timeZone: String = "UTC",
        localTime: LocalTime = .utc, minimumAge: Int? = nil, consents: [String] = [],
        consentTexts: [String: String]? = nil, publicReason: String? = nil,
        allowedOrigins: [String] = [], identity: ParticipantIdentity = .opaque,
        country: String? = nil, secondKey: SecondKeyRule? = nil, cap: EntryCap? = nil,
        robots: RobotPolicy, networks: [String] = [], allowedRobots: [String] = [],
        policy: LadderPolicy
    ) {
        self.client = client
        self.title = title
        self.opens = opens
        self.closes = closes
        namedStart = start == .firstCome ? nil : start
        self.rule = rule
        self.timeZone = timeZone
        self.localTime = localTime
        self.minimumAge = minimumAge
        self.consents = consents
        self.consentTexts = consentTexts
        self.publicReason = publicReason
        self.allowedOrigins = allowedOrigins
        namedIdentity = identity == .opaque ? nil : identity
        self.country = country
        self.secondKey = secondKey
        self.cap = cap
        self.robots = robots
        namedNetworks = networks.isEmpty ? nil : networks
        namedAllowedRobots = allowedRobots.isEmpty ? nil : allowedRobots
        self.policy = policy
    }
}

extension OperationSettings: Codable {
    private enum CodingKeys: String, CodingKey {
        case client, title, opens, closes, rule, consents, country, cap, robots, policy
        case namedStart = "start"
        case namedNetworks = "networks"
        case namedAllowedRobots = "allowed_robots"
        case namedIdentity = "identity"
        case secondKey = "second_key"
        case timeZone = "time_zone"
        case localTime = "local_time"
        case minimumAge = "minimum_age"
        case consentTexts = "consent_texts"
        case publicReason = "public_reason"
        case allowedOrigins = "allowed_origins"
    }
}
