internal import Bytes
internal import Ledger
internal import Time

/// A request of the control side, or of the gateway itself, to the sequencer: one command, and what
/// to do with its outcome.
struct AdministrativeRequest: Sendable {
    let record: AdministrativeRecord
    /// The record as the log keeps it; encoded by the sender, not by the sequencer.
    let encoded: [UInt8]
    /// What the command's operation must be for it to be decided; nil: whatever has the name.
    var expected: ExpectedOperation?
    /// The keys of the operation that the command makes, for the loops; nil where it makes none.
    var newKeys: OperationKeys?
    /// Called once, on the projector's thread: after the batch with the command is durable, and
    /// after every projection has it.
    let finish: @Sendable (AdministrativeOutcome) -> Void
}

/// The operation that a request means, where its name may be another's when the command is decided.
struct ExpectedOperation: Equatable, Sendable {
    /// In the catalogue; never given to another operation.
    var index: UInt32
    /// How many entries it must have; nil: any number.
    var entries: UInt64?
    /// The settings that it must have; nil: any.
    var settings: OperationSettings?
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

extension AdministrativeRequest {
    /// A fact about the operation at an index, which it names. Of one that was reset meanwhile it
    /// is about what that goes on as.
    /// - Returns: nil for an operation that is deleted: its name may be another's by now.
    static func own(
        _ fact: Fact, about operation: UInt32, in catalogue: Catalogue
    ) -> AdministrativeRequest? {
        var index = operation
        while let retirement = catalogue.operations[Int(index)].retirement {
            guard case .reset(let successor) = retirement else { return nil }
            index = successor
        }
        var request = own(.fact(fact))
        // It may be deleted before this is decided, too.
        request.expected = ExpectedOperation(index: index)
        return request
    }
}

/// The outcome of an administrative command.
enum AdministrativeOutcome: Sendable {
    case decided(Result<Change, CommandRefusal>, at: Timestamp)
    /// The disk is full; nothing has changed.
    case noSpace
    /// The clock is too far from the log's last record; nothing has changed.
    case clockUnconfirmed
    /// Another node decides now; nothing has changed.
    case handedOver
}
