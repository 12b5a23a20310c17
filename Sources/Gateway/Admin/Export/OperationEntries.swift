internal import Bytes
internal import Cryptography
internal import Ledger
internal import Log
internal import Playback
internal import Time
internal import Vault

/// The entries of one operation in the log's files, the oldest first, each opened with the key of
/// its leaf: what every export is made from. Reads beside a gateway that writes, as far as it is
/// told in one go, and holds nothing of the log in between.
struct OperationEntries: ~Copyable {
    /// What is read.
    struct Plan: Sendable {
        /// Folders with the log's segments, those with older ones first.
        let folders: [String]
        /// Where the reading begins: behind the last records that are missing in the folders. nil
        /// where that is not known: who reads the log says why.
        let run: LogRun?
        /// Where archived segments are looked for.
        let archive: String
        /// The operation's index in the catalogue.
        let index: UInt32
        let id: String
        /// No entry of it is older.
        let createdAt: Timestamp
        /// A place that this process has stored: the files must come by it.
        let place: LogPosition
        /// Whether the entries end there; otherwise with the log.
        let endsAtPlace: Bool
    }

    let plan: Plan
    /// Behind all that was read.
    private(set) var end = LogPosition.beginning
    private var reader: LogReader
    private var opener: LeafOpener
    private let hasSecrets: Bool
    private var plain = ByteBuffer(capacity: LedgerLimits.sealedBytes)
    private var progress = Progress()

    private struct Progress {
        var isBegun = false
        var hasPassed = false
    }

    /// One entry, for as long as it is lent: its record, and what the person gave as ranges of the
    /// bytes beside it; nil where that has been forgotten.
    typealias Body = (
        _ entry: EntryRecord, _ record: RawSpan, _ given: RawSpan, _ parts: OpenedMessage?
    ) throws -> Void

    /// - Parameter secrets: open what people gave; of an operation without entries they may be
    ///   missing.
    init(_ plan: Plan, _ secrets: consuming OperationSecrets?) {
        self.plan = plan
        reader = LogReader(directories: plan.folders, from: plan.run?.first)
        progress.hasPassed = plan.place == .beginning
        if let secrets {
            opener = LeafOpener(secrets.takeTree())
            hasSecrets = true
        } else {
            opener = LeafOpener(KeyTree(capacity: 0))
            hasSecrets = false
        }
    }

    /// Goes on reading, until there is nothing more or `goesOn`, which is asked before each batch,
    /// says no.
    /// - Returns: whether all has been read.
    /// - Throws: ``ExportError``, `LogError`, and what `body` throws, as `LogError`.
    mutating func read(while goesOn: () -> Bool = { true }, _ body: Body) throws -> Bool {
        let isPaused = try Self.read(
            plan, hasSecrets, &reader, &opener, &plain, &progress, while: goesOn, body)
        end = reader.report.end
        if plan.endsAtPlace, progress.hasPassed { return true }
        if isPaused { return false }
        guard progress.hasPassed else {
            throw ExportError.otherLog(plan.folders.last ?? "", plan.place.nextSequence - 1)
        }
        return true
    }

    /// Ends the reading before a batch, which is read again when it goes on.
    private struct Pause: Error {}

    /// Takes the parts one by one, so that each is borrowed by itself.
    private static func read(
        _ plan: Plan, _ hasSecrets: Bool, _ reader: inout LogReader, _ opener: inout LeafOpener,
        _ plain: inout ByteBuffer, _ progress: inout Progress, while goesOn: () -> Bool,
        _ body: Body
    ) throws -> Bool {
        var isPaused = false
        var missing: ExportError?
        do throws(LogError) {
            try reader.read { batch in
                if plan.endsAtPlace && progress.hasPassed || !goesOn() {
                    isPaused = true
                    throw Pause()
                }
                if !progress.isBegun, let error = plan.missing(before: batch) {
                    missing = error
                    throw error
                }
                progress.isBegun = true
                try batch.play(.entries) { record throws in
                    let entry: EntryRecord
                    switch record.content {
                    case .entry(let read): entry = read
                    case .unreadable(let error): throw error
                    case .command, .event: return
                    }
                    // Test entries are nobody's (C7).
                    guard entry.command.operation == plan.index, !entry.command.isTest else {
                        return
                    }
                    guard hasSecrets else {
                        let error = ExportError.keyMissing(plan.id)
                        missing = error
                        throw error
                    }
                    plain.removeAll()
                    let parts = try opener.open(
                        record.bytes.extracting(entry.sealed.range), leaf: entry.command.leaf,
                        into: &plain)
                    try body(entry, record.bytes, plain.bytes, parts)
                }
                if batch.end == plan.place { progress.hasPassed = true }
            }
        } catch {
            if let missing { throw missing }
            guard isPaused else { throw error }
        }
        return isPaused
    }
}

extension OperationEntries.Plan {
    /// Why the log does not go back to a time; nil where it does, or cannot be read: who reads all
    /// of it says so.
    func missing(since time: Timestamp) -> ExportError? {
        var missing: ExportError?
        do throws(LogError) {
            _ = try LogReader.read(directories: folders, from: run?.first) { batch in
                missing = self.missing(before: batch, since: time)
                throw Enough()
            }
        } catch {
            // Who reads all of it says what cannot be read.
        }
        return missing
    }

    /// The first batch says it all.
    private struct Enough: Error {}

    /// Why the log must not begin with this batch; nil where it may: no entry can be older.
    /// - Parameter time: none is older than this; nil: than the operation.
    func missing(before batch: borrowing LogBatch, since time: Timestamp? = nil) -> ExportError? {
        let first = batch.header.firstSequence
        if first == 1 || batch.header.time < time ?? createdAt { return nil }
        return .archived((run?.missing.lowerBound ?? 1)..<first, archive: archive)
    }
}
