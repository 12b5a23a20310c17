internal import Bytes
internal import Cluster
internal import Contract
internal import Ledger
internal import Synchronization
internal import Time

/// What `GET /v1/status` tells: one picture of now.
struct StatusView: Encodable {
    struct Pressure: Encodable {
        let level: String
        let unreadWaitSeconds: Double
        let queueWaitSeconds: Double
        let commitSeconds: Double
        let loopLagSeconds: Double
        let cpuPressure: Double
        let memoryPressure: Double
        /// Nil while too little has come to tell; the stage, too.
        let capacityPerSecond: Int?
        let stage: String?

        init(_ sample: PressureSample) {
            level = "\(sample.level.name)"
            unreadWaitSeconds = Double(sample.figures.unreadWait) / 1e6
            queueWaitSeconds = Double(sample.figures.queueWait) / 1e6
            commitSeconds = Double(sample.figures.commit) / 1e6
            loopLagSeconds = Double(sample.figures.loopLag) / 1e6
            cpuPressure = sample.cpuPressure
            memoryPressure = sample.memoryPressure
            capacityPerSecond = sample.capacities.limit?.perSecond
            stage = sample.capacities.limit?.stage.rawValue
        }

        private enum CodingKeys: String, CodingKey {
            case level, stage
            case unreadWaitSeconds = "unread_wait_seconds"
            case queueWaitSeconds = "queue_wait_seconds"
            case commitSeconds = "commit_seconds"
            case loopLagSeconds = "loop_lag_seconds"
            case cpuPressure = "cpu_pressure"
            case memoryPressure = "memory_pressure"
            case capacityPerSecond = "capacity_per_second"
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

    struct Memory: Encodable {
        let tableBytes: Int
        /// Nil where there is no limit.
        let tableLimitBytes: Int?
        let level: String
        let fullAt: String?

        init(_ shared: Shared) {
            let limit = shared.tableLimit.load(ordering: .relaxed)
            let milliseconds = shared.tablesFullAt.load(ordering: .relaxed)
            tableBytes = shared.tableBytes.load(ordering: .relaxed)
            tableLimitBytes = limit < .max ? limit : nil
            level = TableMemory.Level(tableBytes, of: limit).name
            fullAt = milliseconds < .max ? Timestamp(milliseconds: milliseconds).rfc3339 : nil
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(tableBytes, forKey: .tableBytes)
            try container.encode(tableLimitBytes, forKey: .tableLimitBytes)
            try container.encode(level, forKey: .level)
            try container.encode(fullAt, forKey: .fullAt)
        }

        private enum CodingKeys: String, CodingKey {
            case level
            case tableBytes = "table_bytes"
            case tableLimitBytes = "table_limit_bytes"
            case fullAt = "full_at"
        }
    }

    let version: String
    let at: String
    let startedAt: String
    /// The operator's.
    let timeZone: String
    let ready: Bool
    let pressure: Pressure
    let rates: Rates
    let connections: Int
    let journalBytes: Int
    let memory: Memory
    let journal: JournalView
    let webhooks: WebhookStatusView
    let service: ServiceStandingView
    /// The operations that are pushed at most, the hardest first.
    let pushing: [PushView]
    /// The most urgent first, ``ListLimits/statusOperations`` at most.
    let operations: [OperationView]
    let operationsTotal: Int
    /// Of the cluster; nil for a gateway that is alone.
    let nodes: [NodeView]?

    private enum CodingKeys: String, CodingKey {
        case version, at, ready, pressure, rates, connections, memory, operations, journal, pushing
        case webhooks, service, nodes
        case startedAt = "started_at"
        case timeZone = "time_zone"
        case journalBytes = "journal_bytes"
        case operationsTotal = "operations_total"
    }
}

extension StatusView {
    static let shape = Shape.object([
        .required("version", .text(1...100)), .required("at", .time),
        .required("started_at", .time),
        .required(
            "time_zone", .text(1...LedgerLimits.timeZoneBytes),
            "The operator's: of operations that are put without one."),
        .required("ready", .boolean),
        .required("pressure", Pressure.shape), .required("rates", Rates.shape),
        .required("connections", .count), .required("journal_bytes", .count),
        .required("memory", Memory.shape), .required("journal", JournalView.shape),
        .required("webhooks", WebhookStatusView.shape),
        .required(
            "service", ServiceStandingView.shape,
            "Of all clients: incidents, the month so far, what is announced, robots by rule."),
        .required(
            "pushing", .array(PushView.shape, maximum: PushReader.maximumOperations),
            "The operations that are pushed at most now, the hardest first."),
        .required(
            "operations", .array(.named("Operation"), maximum: ListLimits.statusOperations),
            "The most urgent first: suspended, smoothed, advised, beyond their cover, busy."),
        .required(
            "operations_total", .count, "Of all; `GET /v1/operations` has them page by page."),
        .optional(
            "nodes", .array(NodeView.shape, maximum: LinkFrame.maximumMembers),
            "Of the cluster; absent where the gateway is alone."),
    ])
}

extension StatusView.Pressure {
    fileprivate static let shape = Shape.object([
        .required("level", .choice(PressureLevel.allCases.map { "\($0.name)" })),
        .required("unread_wait_seconds", .number), .required("queue_wait_seconds", .number),
        .required("commit_seconds", .number),
        .required("loop_lag_seconds", .number), .required("cpu_pressure", .number),
        .required("memory_pressure", .number),
        .optional("capacity_per_second", .count, "Entries a second that the platform takes."),
        .optional("stage", .choice(of: CapacityStage.self), "The stage that limits it."),
    ])
}

extension StatusView.Memory {
    fileprivate static let shape = Shape.object([
        .required("table_bytes", .count), .required("table_limit_bytes", .nullable(.count)),
        .required("level", .choice(TableMemory.Level.allCases.map(\.name))),
        .required("full_at", .nullable(.time)),
    ])
}

extension StatusView.Rates {
    fileprivate static let shape = Shape.object([
        .required("entries_per_second", .number), .required("requests_per_second", .number),
    ])
}
