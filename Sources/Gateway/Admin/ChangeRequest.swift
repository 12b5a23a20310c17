internal import Bytes
internal import Ledger

/// A change that is asked for, whichever node was asked: a command by its author, as the log would
/// keep it.
struct ChangeRequest: Sendable {
    let record: AdministrativeRecord
    /// The record's bytes.
    let encoded: [UInt8]
    let expected: ExpectedOperation?

    /// - Throws: ``Problem`` where it cannot be a record.
    init(
        _ command: AdministrativeCommand, by author: Author, expecting expected: ExpectedOperation?
    ) throws(Problem) {
        record = AdministrativeRecord(command, by: author)
        self.expected = expected
        do {
            encoded = try record.json()
        } catch {
            throw .wrongShape([
                FieldError(pointer: "", detail: "Cannot be encoded for the journal.")
            ])
        }
        guard encoded.count <= LedgerLimits.administrativeRecordBytes else {
            throw .wrongShape([FieldError(pointer: "", detail: "Must be shorter to fit a record.")])
        }
    }

    /// One that another node was asked for.
    /// - Throws: what reading a record throws, and what the decoder throws for its settings.
    init(_ command: ForwardedCommand) throws {
        let read: Result<AdministrativeRecord, any Error> = command.record.withBytes { json in
            do {
                return .success(try AdministrativeRecord(json: json))
            } catch {
                return .failure(error)
            }
        }
        record = try read.get()
        encoded = command.record
        expected = try command.expected()
    }
}
