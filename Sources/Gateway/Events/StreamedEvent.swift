internal import Contract
internal import Evidence
internal import Ledger
internal import Time
internal import Webhooks
internal import Wire

/// What a record is to those who follow the events: a name, and as data what webhooks are sent of
/// the same record. Without personal data.
///
/// It follows from the record and the catalogue, so the log tells it again as it was.
struct StreamedEvent: Sendable {
    let record: UInt64
    /// Nil for what is about no operation, or about a client as a whole.
    let operation: String?
    /// The client that it is about; nil for what is about none.
    let owner: String?
    /// Whether no client's token is sent it.
    let isForOperatorAlone: Bool
    /// Whether every client's token is sent it, because it concerns the service.
    let isForEveryClient: Bool
    /// As it stands in a stream (HTML, 9.2): `id`, `event`, `data`.
    let bytes: [UInt8]

    /// - Parameters:
    ///   - time: of the record's batch.
    ///   - catalogue: as it is behind the record, or later.
    /// - Returns: nil for a record that is nothing to a person.
    init?(
        _ content: EvidenceRecord.Content, record: UInt64, at time: Timestamp,
        _ catalogue: Catalogue
    ) {
        switch content {
        case .event(let event):
            let told = WebhookEvent(event, catalogue, at: time)
            guard let name = Name(told.type) else { return nil }
            // Whatever the ladder does is a step.
            let isStep = if case .step = event { true } else { false }
            self.init(isStep ? .step : name, told, record, at: time)
        case .command(let recorded):
            switch recorded.command {
            case .fact(.measured(let report)):
                // Measurements are many; an event is where the level changes.
                guard let before = report.before else { return nil }
                self.init(pressure: report, before: before, record, at: time)
            case .fact(.started(let version, _, _)):
                self.init(startOf: version, record, at: time)
            default:
                guard let told = WebhookEvent(recorded, catalogue, at: time),
                    let name = Name(told.type)
                else { return nil }
                self.init(name, told, record, at: time)
            }
        }
    }

    private init(_ name: Name, _ event: WebhookEvent, _ record: UInt64, at time: Timestamp) {
        self.record = record
        operation = event.operation
        owner = event.owner
        isForOperatorAlone = event.type.isForOperatorAlone
        isForEveryClient = event.owner == nil && event.type.isForEveryClient
        bytes = Self.bytes(
            of: name.rawValue, id: record, event.body(record: record, at: time))
    }

    private init(
        pressure report: PressureReport, before: PressureLevel, _ record: UInt64,
        at time: Timestamp
    ) {
        let data: [String: JSONValue] = [
            "before": .string("\(before.name)"), "pressure": .string("\(report.level.name)"),
            "attempts_per_second": .integer(report.attemptsPerSecond),
            "accepted_per_second": .integer(report.acceptedPerSecond),
        ]
        self.init(.pressure, "pressure.changed", data, record, at: time)
    }

    private init(startOf version: String, _ record: UInt64, at time: Timestamp) {
        self.init(
            .start, "process.started", ["version": .string(version)], record, at: time)
    }

    /// What no webhook is sent, because it is about the process: the operator's alone.
    private init(
        _ name: Name, _ type: String, _ data: [String: JSONValue], _ record: UInt64,
        at time: Timestamp
    ) {
        self.record = record
        operation = nil
        owner = nil
        isForOperatorAlone = true
        isForEveryClient = false
        bytes = Self.bytes(
            of: name.rawValue, id: record,
            WebhookEvent.body(type, data, record: record, at: time))
    }
}

// MARK: Names

extension StreamedEvent {
    /// The names of events, as `event:` has them.
    private enum Name: String {
        case crossing, step, suspension, resumption, source, robots, key, permit
        case incident, maintenance, change, pressure, start
        case forceMajeure = "force_majeure"

        /// The name of what webhooks are sent; nil for what is about webhooks themselves.
        init?(_ type: WebhookEventType) {
            switch type {
            case .coverNear, .coverCrossed, .clientCrossed, .clientWithin: self = .crossing
            case .campaignUndeclared, .trafficUndeclared: self = .source
            case .operationSmoothed, .ladderAdvised: self = .step
            case .operationSuspended, .clientSuspended: self = .suspension
            case .operationResumed, .clientResumed: self = .resumption
            case .robotsCounted: self = .robots
            case .keyRevoked: self = .key
            case .permitIssued, .permitRevoked, .permitPurged, .permitForgotten: self = .permit
            case .incidentOpened, .incidentAcknowledged, .incidentNoted, .incidentReclassified,
                .incidentResolved, .incidentReopened, .incidentOverdue:
                self = .incident
            case .maintenanceAnnounced, .maintenanceExtended, .maintenanceEnded:
                self = .maintenance
            case .forceMajeureBegan, .forceMajeureEnded, .forceMajeureLasting:
                self = .forceMajeure
            case .changeAnnounced, .changeWithdrawn: self = .change
            case .webhookGivenUp, .webhookDisabled, .webhookTest: return nil
            }
        }
    }
}

// MARK: Bytes

extension StreamedEvent {
    /// An event as it stands in a stream.
    /// - Parameter data: JSON of one line.
    static func bytes(of name: String, id: UInt64, _ data: [UInt8]) -> [UInt8] {
        Array("id: \(id)\nevent: \(name)\ndata: ".utf8) + data + Array("\n\n".utf8)
    }

    /// No event, but the record that a client resumes behind: browsers take the number from a block
    /// without data, too. It shows that the stream is alive.
    static func mark(_ record: UInt64) -> [UInt8] {
        Array("id: \(record)\n:\n\n".utf8)
    }

    /// The last event of a stream that does not go on: one that ends without it was cut.
    static func end(_ record: UInt64) -> [UInt8] {
        bytes(of: "end", id: record, Array("{}".utf8))
    }

    /// What a stream begins with: a mark, and after how many milliseconds a client comes back.
    static func beginning(_ record: UInt64) -> [UInt8] {
        Array("retry: 1000\n".utf8) + mark(record)
    }
}
