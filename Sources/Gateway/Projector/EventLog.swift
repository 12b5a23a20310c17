internal import Availability
internal import Contract
internal import Evidence
internal import Ledger
internal import Logging
internal import Projections
internal import Time

/// What is on record, as lines of the process's log: one for each event, each change by a person
/// with its author, each start, and each change of the pressure's level with its figures. The line
/// has the record's number, as the dossier has it.
///
/// A line tells of what is durable, once: a start that reads the journal logs nothing of it, nor
/// does a node that follows of what its leader decided. It holds names and figures, never what
/// people gave or wrote: no entry, no note, no title. Owned by the projector's thread.
struct EventLog: Sendable {
    private let logger: Logger
    /// The level of pressure that was logged last; a start is calm.
    private var level = PressureLevel.calm

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// The settings that a command is about to change; nil for any other record.
    static func settings(
        before record: DurableBatch.Record, _ catalogue: Catalogue
    ) -> OperationSettings? {
        guard case .command(let recorded) = record.content,
            case .operation(.put(let id, _, _)) = recorded.command
        else { return nil }
        return catalogue.operation(id)?.settings
    }

    /// Logs a record, if it is worth a line.
    /// - Parameters:
    ///   - before: see ``settings(before:_:)``.
    ///   - catalogue: as it is behind the record.
    mutating func log(
        _ record: DurableBatch.Record, changing before: OperationSettings?, _ catalogue: Catalogue
    ) {
        guard var line = line(of: record, changing: before, catalogue) else { return }
        line.add("record", record.sequence)
        logger.log(level: line.level, "\(line.message)", metadata: line.members)
    }

    private mutating func line(
        of record: DurableBatch.Record, changing before: OperationSettings?, _ catalogue: Catalogue
    ) -> EventLine? {
        switch record.content {
        case .event(let event): return EventLine(event)
        case .command(let recorded):
            switch recorded.command {
            case .fact(.measured(let report)): return line(of: report)
            // Many, and nothing for a person to see.
            case .fact(.queue): return nil
            case .fact(.probeMinute(let report))
            where catalogue.minuteRule.state(of: report.tally) != .notAccessible:
                return nil
            case .fact(let fact): return EventLine(fact)
            case .operation(let command):
                return EventLine(command, changing: before).by(recorded.author)
            case .client(let command): return EventLine(command).by(recorded.author)
            case .access(let command):
                return EventLine(command, catalogue).by(recorded.author)
            case .contract(let command):
                return EventLine(command, catalogue).by(recorded.author)
            case .person(let command): return EventLine(command).by(recorded.author)
            case .webhook(let command): return EventLine(command).by(recorded.author)
            case .permit(let command): return EventLine(command).by(recorded.author)
            case .incident(let command): return EventLine(command).by(recorded.author)
            case .maintenance(let command): return EventLine(command).by(recorded.author)
            case .service(let command): return EventLine(command).by(recorded.author)
            }
        }
    }

    /// Measurements are many; what is told of them is where the level changes.
    private mutating func line(of report: PressureReport) -> EventLine? {
        guard report.level != level else { return nil }
        defer { level = report.level }
        return EventLine(report, before: level)
    }
}
