package import Time

extension Log {
    /// Opens the log on disk, after reading it; creates it where there is none.
    ///
    /// Reading changes nothing. Only when all that was read has been found good is a torn tail
    /// cut, a short file made whole again, and a missing footer written.
    ///
    /// - Parameters:
    ///   - directory: created if it does not exist; its parent must.
    ///   - start: what is known already, from a snapshot: reading begins with the segment that
    ///     this place is in, and the log must have this chain value there. Without one, the log
    ///     must begin with record 1.
    ///   - startTime: when the last batch before `start` was committed, where that is known.
    ///   - time: what a segment's header says if one is created.
    ///   - replay: gets each batch behind `start` in order; what it throws stops the opening.
    package static func open(
        directory: String, options: LogOptions = LogOptions(),
        after start: LogPosition = .beginning, committedAt startTime: Timestamp? = nil,
        at time: Timestamp, replay: (borrowing LogBatch) throws -> Void
    ) throws(LogError) -> Log {
        var (store, report) = try SegmentStore.open(
            directory: directory, options: options, after: start, at: time, replay: replay)
        report.lastTime = report.lastTime ?? startTime
        return Log(
            store: store, recovery: report,
            maximumBatchBytes: options.gatheredBatchBytes ?? options.maximumBatchBytes)
    }

    /// As on disk, with batches that are in memory.
    package static func open(
        _ store: MemoryStore, after start: LogPosition = .beginning, at time: Timestamp,
        replay: (borrowing LogBatch) throws -> Void
    ) throws(LogError) -> Log {
        let report = try store.recover(after: start, at: time, replay: replay)
        return Log(
            store: store, recovery: report, maximumBatchBytes: store.options.maximumBatchBytes)
    }
}
