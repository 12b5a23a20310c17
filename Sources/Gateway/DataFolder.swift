internal import Bytes
internal import Cluster
internal import Cryptography
internal import Evidence
internal import Files
internal import Glibc
internal import Ledger
internal import Log
internal import Logging
internal import Playback
internal import Snapshots
internal import Time
internal import Webhooks

/// The folder that a gateway owns: its log, its keys, its token. One process at a time; the
/// log's lock sees to it.
struct DataFolder {
    let path: String
    let accepted: Set<StoreException>

    /// Makes the folder where it is missing.
    /// - Parameters:
    ///   - mustExist: refuses that instead.
    ///   - accepted: what is accepted of a store that is not whole.
    init(
        _ path: String, mustExist: Bool = false, accepting accepted: Set<StoreException> = []
    ) throws(StartError) {
        self.accepted = accepted
        // What it stands in may be readable by others alone: it is left in peace where it can be.
        if !Folder.exists(path) {
            guard !mustExist else {
                throw .file(
                    "\(path): there is no such folder, and the setting store is \"existing\": "
                        + "check that the volume is mounted; for a first start leave the setting "
                        + "out")
            }
            do {
                try Folder.make(path)
                try Folder.syncName(of: path)
            } catch {
                throw .file("\(error); choose another data folder with --data")
            }
        }
        self.path = path
    }

    // MARK: The log

    /// Recovers the state, and opens the log for writing: from the newest snapshot that is good and
    /// of this log, and what stands behind it; from the log alone where there is none.
    /// - Parameters:
    ///   - state: on return, of the log's end.
    ///   - snapshotEnd: the last record of the snapshot that was used; 0 for none.
    ///   - othersHave: whether other nodes have what this one's disk lacks at its end. Asked where
    ///     it lacks something, before anything is cut; nil for a gateway that is alone.
    /// - Throws: ``StartError`` where another process has it, where it is damaged, or where it
    ///   disagrees with the fold.
    func recover(
        _ state: inout Snapshot, snapshotEnd: inout UInt64, limits: Limits,
        othersHave: ((LogDamage) throws(StartError) -> Bool)? = nil, logger: Logger
    ) throws(StartError) -> Log {
        var isShared = false
        while true {
            let damage: LogDamage
            do {
                return try recover(
                    &state, &snapshotEnd, limits: limits, isShared: isShared, logger)
            } catch LogError.damaged(let found) {
                damage = found
            } catch {
                throw .file("\(error)")
            }
            guard !isShared, let othersHave, try othersHave(damage) else {
                throw .file(
                    "\(LogError.damaged(damage)). To go on without that record and all behind it, "
                        + "which are set aside in a folder beside the segments, start once with "
                        + "--accept missing-records")
            }
            isShared = true
            state = Snapshot()
            snapshotEnd = 0
        }
    }

    private func recover(
        _ state: inout Snapshot, _ snapshotEnd: inout UInt64, limits: Limits, isShared: Bool,
        _ logger: Logger
    ) throws -> Log {
        let folder = SnapshotFolder(data: path)
        let began = SystemClock.monotonicNanoseconds()
        var unusable: [(file: String, reason: String)] = []
        do {
            let log = try folder.recover(
                &state, end: &snapshotEnd, skipped: { unusable.append(($0, $1)) },
                open: { state in try open(&state, limits, isShared: isShared, logger) })
            let used =
                snapshotEnd == 0 ? "the whole journal" : folder.path(lastSequence: snapshotEnd)
            report(unusable, using: used, logger)
            report(log.recovery, since: began, snapshot: snapshotEnd, logger)
            folder.tidy { reportUntidy($0, $1, logger) }
            return log
        } catch {
            report(unusable, using: "nothing", logger)
            throw error
        }
    }

    /// Reports which snapshots could not be used, and what the start used instead.
    private func report(
        _ unusable: [(file: String, reason: String)], using other: String, _ logger: Logger
    ) {
        for (file, reason) in unusable {
            logger.warning(
                "cannot use a snapshot; the start takes longer",
                metadata: ["file": "\(file)", "reason": "\(reason)", "using": "\(other)"])
        }
    }

    private func reportUntidy(_ file: String, _ reason: String, _ logger: Logger) {
        logger.warning(
            "cannot remove an unfinished snapshot; remove it by hand",
            metadata: ["file": "\(file)", "reason": "\(reason)"])
    }

    /// Opens the log, and applies what stands behind the state.
    private func open(
        _ state: inout Snapshot, _ limits: Limits, isShared: Bool, _ logger: Logger
    ) throws -> Log {
        var options = LogOptions()
        options.segmentBytes = limits.journalSegmentBytes
        options.gatheredBatchBytes = limits.journalBatchBytes
        // A leader whose setting is another one sends longer ones.
        options.maximumBatchBytes =
            isShared
            ? max(limits.journalBatchBytes, EtcdLimits.batchBytes) : limits.journalBatchBytes
        options.acceptsMissingRecords = accepted.contains(.missingRecords)
        options.isShared = isShared
        options.lockedFolders = LogLock.folders(ofStore: path)
        let (position, time) = (state.position, state.time)
        let log = try whenFree(limits.lockSeconds, logger) { () throws(LogError) in
            try Log.open(
                directory: path + "/journal", options: options, after: position,
                committedAt: time, at: SystemClock.wallClock()
            ) { batch in
                try state.replay(batch)
            }
        }
        try state.ledger.endReplay()
        return log
    }

    /// Opens the log, and waits for it while another process has it: the one that this one
    /// takes over from finishes what is in flight, and lets go of the lock when all is stored.
    private func whenFree(
        _ seconds: Int, _ logger: Logger, open: () throws(LogError) -> Log
    ) throws(LogError) -> Log {
        let deadline = SystemClock.monotonicNanoseconds() + UInt64(seconds) * 1_000_000_000
        var isWaiting = false
        while true {
            do throws(LogError) {
                return try open()
            } catch {
                // It fails before anything is read, so it can be tried again.
                guard case .inUse = error, SystemClock.monotonicNanoseconds() < deadline else {
                    throw error
                }
            }
            if !isWaiting {
                isWaiting = true
                logger.notice(
                    "another process has the journal; waiting for it to exit",
                    metadata: ["data": "\(path)", "seconds_at_most": .stringConvertible(seconds)])
            }
            _ = poll(nil, 0, 5)
        }
    }

    private func report(
        _ recovery: RecoveryReport, since began: UInt64, snapshot: UInt64, _ logger: Logger
    ) {
        let milliseconds = (SystemClock.monotonicNanoseconds() - began) / 1_000_000
        logger.info(
            "recovered",
            metadata: [
                "records": .stringConvertible(recovery.nextSequence - 1),
                "snapshot": .stringConvertible(snapshot),
                "segments": .stringConvertible(recovery.segments),
                "milliseconds": .stringConvertible(milliseconds),
            ])
        if recovery.tornTail != nil || recovery.shortBy > 0 {
            logger.warning("the journal's tail is incomplete", metadata: ["found": "\(recovery)"])
        }
        if let missing = recovery.missing {
            logger.warning(
                "the journal ends before records that it had", metadata: ["found": "\(missing)"])
        }
    }

    /// Whether the log's folder is another one than it was opened in last: a copy, whose original
    /// may have gone on.
    func hasMoved() throws(StartError) -> Bool {
        do throws(FileError) {
            guard let last = try LogPlace.last(in: path + "/journal") else { return false }
            return try last != LogPlace(of: path + "/journal")
        } catch {
            throw .file("\(error)")
        }
    }

    /// Keeps where the log is, for the next start: last of all, when nothing is left to do that
    /// follows from ``hasMoved()``.
    func keepPlace() throws(StartError) {
        do throws(FileError) {
            let now = try LogPlace(of: path + "/journal")
            if try LogPlace.last(in: path + "/journal") != now {
                try now.write(in: path + "/journal")
            }
        } catch {
            throw .file("\(error)")
        }
    }

    // MARK: Exports

    /// Sets exports aside that no record of the log names.
    func sortOrphans(
        of exports: OperationExport, _ files: EvidenceIndex, _ logger: Logger
    ) throws(StartError) {
        do {
            let sorted = try exports.sortOrphans(named: files.exports)
            for name in sorted.setAside {
                logger.warning(
                    "set an export aside that no record of the journal names",
                    metadata: ["file": "\(name)", "folder": "\(exports.aside)"])
            }
            for name in sorted.broughtBack {
                logger.notice(
                    "brought an export back that the journal names",
                    metadata: ["file": "\(name)", "folder": "\(exports.folder)"])
            }
        } catch {
            throw .file("\(exports.folder): \(error)")
        }
    }
}
