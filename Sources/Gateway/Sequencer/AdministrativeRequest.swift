internal import Bytes
internal import Ledger
internal import Time

/// A request of the control side, or of the gateway itself, to the sequencer: one command, and what
/// to do with its outcome.
struct AdministrativeRequest: Sendable {
    let record: AdministrativeRecord
    /// The record as the log keeps it; encoded by the sender, not by the sequencer.
    let encoded: [UInt8]
    /// How many entries the operation must have for the command to be decided; nil: any number.
    var expectedEntries: UInt64?
    /// The keys of the operation that the command makes, for the loops; nil where it makes none.
    var newKeys: OperationKeys?
    /// Called once, on the projector's thread: after the batch with the command is durable, and
    /// after every projection has it.
    let finish: @Sendable (AdministrativeOutcome) -> Void
}

extension AdministrativeRequest {
    /// A command of the gateway's own: made of names and whole numbers, which JSON always holds.
    /// - Parameter finish: as above; most of them need to know nothing.
    static func own(
        _ command: AdministrativeCommand,
        finish: @escaping @Sendable (AdministrativeOutcome) -> Void = { _ in }
    ) -> AdministrativeRequest {
        let record = AdministrativeRecord(command, by: .gateway)
        do {
            return AdministrativeRequest(
                record: record, encoded: try record.json(), finish: finish)
        } catch {
            preconditionFailure("names and whole numbers are JSON: \(error)")
        }
    }
}

/// The outcome of an administrative command.
enum AdministrativeOutcome: Sendable {
    case decided(Result<Change, CommandRefusal>, at: Timestamp)
    /// The disk is full; nothing has changed.
    case noSpace
    /// The clock is too far from the log's last record; nothing has changed.
    case clockUnconfirmed
}
