internal import Bytes
internal import Contract
internal import Foundation
internal import Ledger
internal import Time

/// The admin listener's answers as JSON. Times are RFC 3339 in UTC.
struct ClientView: Encodable {
    let client: String
    let name: String
}

struct NewKeyView: Encodable {
    let keyID: String
    let key: String
    let operation: String

    private enum CodingKeys: String, CodingKey {
        case key, operation
        case keyID = "key_id"
    }
}

struct KeyView: Encodable {
    let keyID: String
    let createdAt: String
    let revokedAt: String?
    let reason: String?

    init(_ key: Catalogue.FrontEndKey) {
        keyID = key.id
        createdAt = key.createdAt.rfc3339
        revokedAt = key.revokedAt?.rfc3339
        reason = key.reason?.rawValue
    }

    private enum CodingKeys: String, CodingKey {
        case reason
        case keyID = "key_id"
        case createdAt = "created_at"
        case revokedAt = "revoked_at"
    }
}

struct OperationView: Encodable {
    let operation: String
    let client: String
    let title: String
    let state: String
    let rule: String
    let opens: String?
    let closes: String?
    let timeZone: String
    let minimumAge: Int?
    let consents: [String]
    let allowedOrigins: [String]
    let robots: String
    let policy: String
    let createdAt: String
    let entries: UInt64
    let participants: UInt64
    let cover: Int
    /// When the participants went beyond the cover.
    let crossedAt: String?
    let forecast: ForecastView?
    /// The notice that counts.
    let trafficNotice: NoticeView?
    let campaigns: [CampaignView]
    /// Tags that nobody declared and that brought a surge, the newest first.
    let unknownSources: [UnknownSourceView]
    /// By what it is suspended.
    let suspension: SuspensionView?
    /// Entries a second that are let in at most.
    let pacePerSecond: Int?
    /// Numbers that wait to be called.
    let waiting: Int
    /// What the ladder would do, where the policy is to advise.
    let advice: String?
    /// Answers by verdict; `accepted` of all time, the others since the process started.
    let verdicts: [String: UInt64]
    let keys: [KeyView]

    init(
        _ operation: Catalogue.Operation, counts: OperationCounts, verdicts: [String: UInt64],
        keys: [Catalogue.FrontEndKey], waiting: UInt64, forecast: Forecast?
    ) {
        self.operation = operation.id
        let settings = operation.settings
        client = settings.client
        title = settings.title
        state = operation.state.name
        rule = settings.rule.rawValue
        opens = settings.opens?.rfc3339
        closes = settings.closes?.rfc3339
        timeZone = settings.timeZone
        minimumAge = settings.minimumAge
        consents = settings.consents
        allowedOrigins = settings.allowedOrigins
        robots = settings.robots.rawValue
        policy = settings.policy.rawValue
        createdAt = operation.createdAt.rfc3339
        entries = counts.entries
        participants = UInt64(counts.participants)
        cover = Int(operation.cover.participants)
        crossedAt = operation.crossedAt?.rfc3339
        self.forecast = forecast.map(ForecastView.init)
        trafficNotice = operation.declarations.notice.map(NoticeView.init)
        campaigns = operation.declarations.campaigns.map(CampaignView.init)
        unknownSources = operation.unknownSources.map(UnknownSourceView.init)
        suspension = SuspensionView(operation)
        pacePerSecond = operation.perSecond.map(Int.init)
        self.waiting = Int(clamping: waiting)
        advice = operation.advice
        self.verdicts = verdicts
        self.keys = keys.map(KeyView.init)
    }

    private enum CodingKeys: String, CodingKey {
        case operation, client, title, state, rule, opens, closes, consents, robots, policy
        case entries, participants, cover, forecast, campaigns, suspension, waiting, advice
        case verdicts, keys
        case crossedAt = "crossed_at"
        case trafficNotice = "traffic_notice"
        case unknownSources = "unknown_sources"
        case pacePerSecond = "pace_per_second"
        case timeZone = "time_zone"
        case minimumAge = "minimum_age"
        case allowedOrigins = "allowed_origins"
        case createdAt = "created_at"
    }
}

struct OperationsView: Encodable {
    let operations: [OperationView]
}

/// What `GET /v1/status` tells: one picture of now.
struct StatusView: Encodable {
    struct Pressure: Encodable {
        let level: String
        let queueWaitSeconds: Double
        let commitSeconds: Double
        let loopLagSeconds: Double
        let cpuPressure: Double
        let memoryPressure: Double

        init(_ sample: PressureSample) {
            level = "\(sample.level.name)"
            queueWaitSeconds = Double(sample.figures.queueWait) / 1e6
            commitSeconds = Double(sample.figures.commit) / 1e6
            loopLagSeconds = Double(sample.figures.loopLag) / 1e6
            cpuPressure = sample.cpuPressure
            memoryPressure = sample.memoryPressure
        }

        private enum CodingKeys: String, CodingKey {
            case level
            case queueWaitSeconds = "queue_wait_seconds"
            case commitSeconds = "commit_seconds"
            case loopLagSeconds = "loop_lag_seconds"
            case cpuPressure = "cpu_pressure"
            case memoryPressure = "memory_pressure"
        }
    }

    struct Rates: Encodable {
        let entriesPerSecond: Double
        let requestsPerSecond: Double

        init(_ sample: PressureSample) {
            entriesPerSecond = sample.entriesPerSecond
            requestsPerSecond = sample.requestsPerSecond
        }

        private enum CodingKeys: String, CodingKey {
            case entriesPerSecond = "entries_per_second"
            case requestsPerSecond = "requests_per_second"
        }
    }

    let version: String
    let at: String
    let startedAt: String
    let ready: Bool
    let pressure: Pressure
    let rates: Rates
    let connections: Int
    let journalBytes: Int
    let operations: [OperationView]

    private enum CodingKeys: String, CodingKey {
        case version, at, ready, pressure, rates, connections, operations
        case startedAt = "started_at"
        case journalBytes = "journal_bytes"
    }
}
