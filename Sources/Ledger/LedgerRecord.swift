/// A record of the log, decoded: what it is to the fold.
package enum LedgerRecord: Equatable, Sendable {
    case entry(EntryRecord)
    case command(AdministrativeRecord)
    case event(LedgerEvent)

    /// Reads a record that takes up all of the bytes.
    /// - Parameters:
    ///   - kind: as the log marks it.
    ///   - number: what the error says of the records before it.
    /// - Throws: ``ReplayError`` where the bytes are none that this version knows.
    package init(kind: UInt8, bytes: RawSpan, number: UInt64) throws(ReplayError) {
        switch kind {
        case EntryRecord.kind:
            do throws(EntryRecordError) {
                self = .entry(try EntryRecord(whole: bytes))
            } catch {
                throw .malformedEntry(error, record: number)
            }
        case AdministrativeRecord.kind:
            do {
                self = .command(try AdministrativeRecord(json: bytes))
            } catch {
                throw .malformedCommand(detail: "\(error)", record: number)
            }
        case EventRecord.kind:
            do {
                self = .event(try EventRecord(json: bytes).event)
            } catch {
                throw .malformedEvent(detail: "\(error)", record: number)
            }
        default: throw .unknownKind(kind, record: number)
        }
    }
}
