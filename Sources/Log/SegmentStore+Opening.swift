internal import Bytes
internal import Cryptography
internal import Files
internal import Glibc
internal import Time

extension SegmentStore {
    /// Opens the segments, after reading them: ``Log/open(directory:options:after:at:replay:)``.
    static func open(
        directory: String, options: LogOptions, after start: LogPosition, at time: Timestamp,
        replay: (borrowing LogBatch) throws -> Void
    ) throws(LogError) -> (SegmentStore, RecoveryReport) {
        try options.check()
        do {
            try Folder.make(directory)
            guard let lock = try LogLock(directory, with: options.lockedFolders),
                try isUnlocked(newestIn: directory)
            else { throw LogError.inUse(directory: directory) }
            // Not before: whoever waits for the lock tries again and again.
            try Folder.syncName(of: directory)
            try File.remove(directory + "/" + LogFormat.spareName)
            let tolerance: LogTolerance =
                options.acceptsMissingRecords
                ? .anything : try options.isShared || LogPlace.isCopy(directory) ? .copy : .none
            var scanner = LogScanner(
                .folders([directory]), from: .position(start), tolerance: tolerance)
            try scanner.scan(replay)
            var report = scanner.report
            if let tail = scanner.tail, report.missing != nil {
                report.missing?.setAside = try LogCut(directory, tail.header, tail.offset).make()
            }
            if scanner.tail == nil {
                try createFirstSegment(directory, options, time)
                report.segments = 1
                report.bytes = options.segmentBytes
            }
            let header = scanner.tail?.header ?? firstHeader(options, time)
            let offset = scanner.tail?.offset ?? LogFormat.sectorBytes
            let name = LogFormat.segmentName(firstSequence: header.firstSequence)
            let file = try File(directory + "/" + name, O_WRONLY)
            guard try file.lock() else { throw FileError("lock", file.path, EWOULDBLOCK) }
            try repair(file, header, report)
            report.bytes += report.shortBy
            try writeFooters(scanner.footersDue)
            let preparer = try SegmentPreparer(directory: directory, options: options)
            let store = SegmentStore(
                directory: directory, options: options, lock: lock, preparer: preparer,
                file: file, header: header, offset: offset)
            return (store, report)
        } catch let error as LogError {
            throw error
        } catch let error as FileError {
            throw error.isNoSpace ? .noSpace(directory: directory) : .system(error)
        } catch {
            preconditionFailure("nothing else is thrown here")
        }
    }

    /// Whether no other process writes the newest segment, by whatever path. Asked before anything
    /// is read, so that a start can wait for it.
    private static func isUnlocked(newestIn directory: String) throws(FileError) -> Bool {
        guard let newest = try LogFormat.segments(in: directory).last else { return true }
        let file = try File(directory + "/" + newest.name, O_WRONLY)
        guard try file.lock() else { return false }
        file.unlock()
        return true
    }

    private static func firstHeader(_ options: LogOptions, _ time: Timestamp) -> SegmentHeader {
        SegmentHeader(
            segmentBytes: options.segmentBytes, firstSequence: 1, chain: SHA256Digest(),
            created: time, maximumBatchBytes: options.maximumBatchBytes)
    }

    private static func createFirstSegment(
        _ directory: String, _ options: LogOptions, _ time: Timestamp
    ) throws(FileError) {
        let spare = directory + "/" + LogFormat.spareName
        do throws(FileError) {
            try SegmentPreparer.writeZeros(path: spare, bytes: options.segmentBytes)
            let file = try File(spare, O_WRONLY)
            var sha = SHA256()
            try file.write(firstHeader(options, time).encoded(&sha).bytes, at: 0)
            try file.sync()
            try File.rename(
                spare, to: directory + "/" + LogFormat.segmentName(firstSequence: 1))
        } catch {
            // The first error counts; half a file must not fill the disk either.
            _ = try? File.remove(spare)
            throw error
        }
        try Folder.sync(directory)
    }

    /// Makes what follows the last whole batch zeros again, to the length that the header says.
    private static func repair(
        _ file: borrowing File, _ header: SegmentHeader, _ report: RecoveryReport
    ) throws(FileError) {
        let fileBytes = header.segmentBytes - report.shortBy
        if let torn = report.tornTail {
            try SegmentPreparer.writeZeros(
                file, from: torn.offset, to: min(torn.offset + torn.bytes, fileBytes))
        }
        if report.shortBy > 0 {
            try SegmentPreparer.writeZeros(file, from: fileBytes, to: header.segmentBytes)
        }
        if report.tornTail != nil || report.shortBy > 0 { try file.sync() }
    }

    private static func writeFooters(
        _ due: [(path: String, footer: SegmentFooter, offset: Int)]
    ) throws(FileError) {
        var sha = SHA256()
        for (path, footer, offset) in due {
            let file = try File(path, O_WRONLY)
            try file.write(footer.encoded(&sha).bytes, at: offset)
            try file.syncData()
        }
    }
}
