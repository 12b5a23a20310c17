internal import Bytes
internal import Evidence
internal import Files
internal import Ledger
internal import Log
internal import Logging
internal import Projections
internal import Time
internal import Wire

/// What was found of robots, and what the verdict on one entry rests on.
struct RobotHandlers {
    private let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func robots(_ call: AdminCall) throws(Problem) -> ControlReply {
        var query = call.queryReader
        let maximum = RobotsView.maximumSeconds
        let seconds = query.integer(
            "seconds", 60...maximum, "Must be a whole number from 60 to \(maximum).")
        try query.finish()
        let reader = RobotReader(control.shared)
        guard let view = reader.view(of: call["operation"], seconds: seconds ?? maximum) else {
            throw .unknownOperation
        }
        return .view(view)
    }

    /// Of an entry's record alone: nothing of what the person gave is opened.
    func explain(_ call: AdminCall) throws(Problem) -> ControlReply {
        var query = call.queryReader
        let language = Language(&query, call.request)
        try query.finish()
        let number = try call.number("entry", as: UInt64.self, or: .unknownEntry)
        let found: EntrySearch.Found?
        do throws(LogError) {
            found = try EntrySearch(folders: control.exports.folders)
                .find(EntryNumber(rawValue: number))
        } catch {
            control.shared.logger.error(
                "cannot look for an entry", metadata: ["entry": "\(number)", "error": "\(error)"])
            throw .history(
                error, "Not explained", archive: control.exports.archive, or: .unknownEntry)
        }
        let catalogue = control.shared.projected.catalogue
        guard let found, Int(found.entry.command.operation) < catalogue.operations.count else {
            throw .unknownEntry
        }
        let operation = catalogue.operations[Int(found.entry.command.operation)]
        // A client learns of no other's entry.
        if call.author.role == .client, operation.client != call.author.name {
            throw .unknownEntry
        }
        do throws(EntryRecordError) {
            return .view(
                try RobotExplanationView(
                    found, catalogue, language, control.shared.robots.names.all))
        } catch {
            preconditionFailure("a record that was read has what it has: \(error)")
        }
    }
}

extension Problem {
    /// No entry has this number, or it is another client's.
    static let unknownEntry = Problem(
        .notFound, "unknown_entry", "Unknown entry", "There is no entry with this number.")
}
