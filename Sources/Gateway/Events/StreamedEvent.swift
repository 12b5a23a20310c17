internal import Contract
internal import Evidence
internal import Ledger
internal import Projections
internal import Time
internal import Webhooks
internal import Wire

/// What a record is to a person who follows events: a name and figures, without personal data.
struct StreamedEvent: Sendable {
    /// The names of events, as `event:` has them.
    enum Name: String, CaseIterable, Sendable {
        case crossing, step, suspension, resumption, pace, source, key, pressure, start
    }

    let record: UInt64
    let name: Name
    /// Nil for what is about no operation.
    let operation: String?
    /// The client whose operation it is about; nil for what is the operator's alone.
    let owner: String?
    /// As it stands in the stream (HTML, server-sent events): `id`, `event`, `data`.
    let bytes: [UInt8]

    private init(
        _ name: Name, _ record: UInt64, at time: Timestamp, operation: String? = nil,
        owner: String? = nil, _ members: [String: JSONValue]
    ) {
        self.record = record
        self.name = name
        self.operation = operation
        self.owner = owner
        var data = members
        data["record"] = .integer(Int(clamping: record))
        data["at"] = .string(time.rfc3339)
        bytes = Self.bytes(of: name.rawValue, id: record, JSONValue.object(data).bytes)
    }

    /// An event as it stands in a stream.
    /// - Parameter data: JSON of one line.
    static func bytes(of name: String, id: UInt64, _ data: [UInt8]) -> [UInt8] {
        let head = "id: \(id)\nevent: \(name)\ndata: "
        return Array(head.utf8) + data + Array("\n\n".utf8)
    }
}

extension StreamedEvent {
    /// The events of records, in the order of the log.
    struct Maker: Sendable {
        /// The level of pressure so far; a start is calm.
        private var level = PressureLevel.calm

        /// - Parameter catalogue: as it is behind the record, or later.
        /// - Returns: nil for a record that nobody follows.
        mutating func event(
            _ content: EvidenceRecord.Content, record: UInt64, at time: Timestamp,
            _ catalogue: Catalogue
        ) -> StreamedEvent? {
            switch content {
            case .event(let event):
                let isStep = if case .step = event { true } else { false }
                let isEnd = if case .suspensionEnded = event { true } else { false }
                let name: Name = isStep ? .step : isEnd ? .resumption : .crossing
                return Self.event(
                    WebhookEvent(event, catalogue), name, record, at: time, event.operation,
                    catalogue)
            case .command(let recorded):
                return event(recorded, record: record, at: time, catalogue)
            }
        }

        private mutating func event(
            _ recorded: AdministrativeRecord, record: UInt64, at time: Timestamp,
            _ catalogue: Catalogue
        ) -> StreamedEvent? {
            let name: Name
            switch recorded.command {
            case .fact(.measured(let report)): return pressure(report, record, at: time)
            case .fact(.started(let version, _)):
                level = .calm
                return StreamedEvent(.start, record, at: time, ["version": .string(version)])
            case .fact(.unknownSource): name = .source
            case .operation(.suspend): name = .suspension
            case .operation(.resume): name = .resumption
            case .operation(.setPace): name = .pace
            case .access(.revokeKey): name = .key
            default: return nil
            }
            guard let event = WebhookEvent(recorded, catalogue) else { return nil }
            let operation = recorded.command.operation ?? event.members["operation"]?.string
            return Self.event(event, name, record, at: time, operation, catalogue)
        }

        /// Measurements are many; what a person wants to know is where the level changes.
        private mutating func pressure(
            _ report: PressureReport, _ record: UInt64, at time: Timestamp
        ) -> StreamedEvent? {
            guard report.level != level else { return nil }
            defer { level = report.level }
            return StreamedEvent(
                .pressure, record, at: time,
                [
                    "before": .string("\(level.name)"), "pressure": .string("\(report.level.name)"),
                    "attempts_per_second": .integer(report.attemptsPerSecond),
                    "accepted_per_second": .integer(report.acceptedPerSecond),
                ])
        }

        private static func event(
            _ event: WebhookEvent, _ name: Name, _ record: UInt64, at time: Timestamp,
            _ operation: String?, _ catalogue: Catalogue
        ) -> StreamedEvent {
            let owner = operation.flatMap { catalogue.client(of: $0, at: time) }
            var members = event.members
            members["client"] = owner.map(JSONValue.string)
            members["type"] = .string(event.type.rawValue)
            return StreamedEvent(
                name, record, at: time, operation: operation, owner: owner, members)
        }
    }
}

extension Catalogue {
    /// The client of the operation that had this name at this time: a name that was deleted may be
    /// another client's by now (C17).
    fileprivate func client(of operation: String, at time: Timestamp) -> String? {
        operations.last { $0.id == operation && $0.createdAt <= time }?.client
    }
}
