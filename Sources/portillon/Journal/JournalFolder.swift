import Cryptography
import Foundation
import Ledger
import Log
import Playback
import Time

/// A log on disk, for the commands that need no gateway.
struct JournalFolder {
    let path: String
    private let archive: String?
    /// Where the gateway's data folder has archived segments, if the log is in one.
    private let usualArchive: String
    /// Whether the command has an option for the archive.
    private let takesArchive: Bool

    /// - Parameters:
    ///   - given: a data folder, or the journal folder in it.
    ///   - archive: a folder with older segments of the same journal.
    ///   - takesArchive: whether the command has an option for it, which messages then name.
    init(_ given: String, archive: String? = nil, takesArchive: Bool = true) {
        self.archive = archive
        self.takesArchive = takesArchive
        var isFolder: ObjCBool = false
        let inside = given + "/journal"
        let isThere = unsafe FileManager.default.fileExists(atPath: inside, isDirectory: &isFolder)
        path = isThere && isFolder.boolValue ? inside : given
        usualArchive = path + "/../archive"
    }

    /// Whether there is anything to read.
    var hasSegments: Bool {
        // A folder that cannot be listed has none to read.
        (try? LogReader.segments(in: path).isEmpty) == false
    }

    /// Reads and checks the whole log; changes nothing.
    /// - Parameters:
    ///   - sequence: the record that it must begin with; nil: whatever the oldest is.
    ///   - body: gets each batch; what it throws comes out as it is.
    /// - Throws: ``CommandFailure`` 74 where the log is not there, cannot be read or is
    ///   damaged.
    func read(
        from sequence: UInt64? = nil,
        _ body: (borrowing LogBatch) throws(CommandFailure) -> Void
    ) throws(CommandFailure) -> RecoveryReport {
        var failure: CommandFailure?
        let report: RecoveryReport
        do {
            report = try LogReader.read(
                directories: (archive.map { [$0] } ?? []) + [path], from: sequence
            ) { batch in
                do throws(CommandFailure) {
                    try body(batch)
                } catch {
                    failure = error
                    throw error
                }
            }
        } catch {
            if case .earlierSegmentsMissing(_, let due, let oldest) = error {
                throw CommandFailure(
                    .inputOutput, "\(path): \(missing(due, before: oldest))")
            }
            throw failure ?? CommandFailure(.inputOutput, error.description)
        }
        guard report.segments > 0 else {
            throw CommandFailure(
                .inputOutput,
                "\(path): no journal found; give a gateway's data folder or its journal folder")
        }
        return report
    }

    /// What to do about records that are not in the folders; nil where the log is there from its
    /// beginning.
    func missing(before report: RecoveryReport) -> String? {
        guard report.records > 0, report.oldestSequence > 1 else { return nil }
        return missing(1, before: report.oldestSequence)
    }

    private func missing(_ first: UInt64, before oldest: UInt64) -> String {
        let records = "records \(first)-\(grouped(Int(clamping: oldest - 1)))"
        if let archive { return "\(records) are not in \(archive) either" }
        guard takesArchive else {
            return "\(records) were archived; move their segments back into the folder"
        }
        let isThere = FileManager.default.fileExists(atPath: usualArchive)
        let folder =
            isThere
            ? URL(filePath: usualArchive).standardizedFileURL.path(percentEncoded: false)
            : "FOLDER"
        return "\(records) were archived; pass --archive \(folder)"
    }
}

extension JournalFolder {
    /// Decides everything in it again, and compares.
    /// - Parameter observe: gets each record that is not an entry's, with the ledger behind it.
    /// - Throws: ``CommandFailure`` 74, also where a decision comes out otherwise.
    func replay(
        into ledger: inout Ledger,
        observe: (borrowing PlaybackRecord, borrowing Ledger) -> Void = { _, _ in }
    ) throws(CommandFailure) -> RecoveryReport {
        let report = try play { batch throws(PlaybackError) in
            try ledger.play(batch, observe: observe)
        }
        try endReplay(of: ledger)
        return report
    }

    /// What comes behind a batch.
    struct Sequel {
        /// The time of the next batch; nil where there is none.
        fileprivate(set) var batch: Timestamp?
        /// The time of the next one with a record that is not an entry's.
        fileprivate(set) var besideEntries: Timestamp?
    }

    /// Decides everything in it again, and compares.
    /// - Parameter body: gets the ledger and the chain value behind the batch with this record, and
    ///   the batch's time.
    /// - Throws: ``CommandFailure`` 74, also where a decision comes out otherwise.
    func replay(
        behind sequence: UInt64, _ body: (borrowing Ledger, SHA256Digest, Timestamp) -> Void
    ) throws(CommandFailure) -> (report: RecoveryReport, sequel: Sequel) {
        var ledger = Ledger()
        var sequel = Sequel()
        let report = try play { batch throws(PlaybackError) in
            let isBehind = sequence < batch.header.firstSequence
            let time = batch.header.time
            if isBehind, sequel.batch == nil { sequel.batch = time }
            try ledger.play(batch) { _, _ in
                if isBehind, sequel.besideEntries == nil { sequel.besideEntries = time }
            }
            if !isBehind, sequence < batch.end.nextSequence { body(ledger, batch.chain, time) }
        }
        try endReplay(of: ledger)
        return (report, sequel)
    }

    private func endReplay(of ledger: borrowing Ledger) throws(CommandFailure) {
        do throws(ReplayError) {
            try ledger.endReplay()
        } catch {
            throw CommandFailure(.inputOutput, "\(path): the last record: \(error.explanation)")
        }
    }

    /// Reads all of it for something that plays its batches back.
    /// - Throws: ``CommandFailure`` 74, also for a record that cannot be played back.
    func play(
        _ body: (borrowing LogBatch) throws(PlaybackError) -> Void
    ) throws(CommandFailure) -> RecoveryReport {
        try read(from: 1) { batch throws(CommandFailure) in
            do throws(PlaybackError) {
                try body(batch)
            } catch {
                throw CommandFailure(.inputOutput, "\(path): \(error)")
            }
        }
    }
}

extension RecoveryReport {
    /// Irregularities that are no damage, one line each.
    var remarks: [String] {
        var remarks: [String] = []
        if let tornTail {
            remarks.append(
                "torn tail: \(tornTail.file) at byte \(tornTail.offset), \(tornTail.bytes) bytes "
                    + "from record \(tornTail.sequence) on (\(tornTail.found)); they were never "
                    + "acknowledged, and the next start of the gateway discards them")
        }
        if shortBy > 0 {
            remarks.append(
                "the newest segment is \(shortBy) bytes shorter than its header says; "
                    + "acknowledged records may be missing: compare it with a copy")
        }
        if let missing {
            remarks.append(
                "\(missing); the folder is a copy that was made while the journal was written, "
                    + "and the gateway takes it to end there")
        }
        return remarks
    }
}
