/// What each stage takes: the entries that were accepted, divided by how busy the stage was. Known
/// in calm already, and followed within half a second under load. Owned by the pulse's thread.
struct CapacityMeter {
    private var last: Reading?
    private var worker = ThreadCapacity()
    private var sequencer = ThreadCapacity()
    private var disk = DiskCapacity()

    /// Entries a second below which what a thread does for itself would count too much.
    private static var minimumPerSecond: Double { 50 }

    /// The instruments at one moment, counted since the process started.
    struct Reading {
        /// The monotonic clock.
        var nanoseconds: UInt64
        var accepted: UInt64
        /// Entries answered, whatever the answer.
        var answered: UInt64
        var times: StageTimes
        var commits: CommitTotals
    }

    /// - Parameter maximumRecords: the most records that one commit stores.
    mutating func add(_ reading: Reading, maximumRecords: Int) -> StageCapacities {
        defer { last = reading }
        if let last, reading.nanoseconds > last.nanoseconds {
            addThreads(reading, since: last)
            disk.add(reading.commits.since(last.commits))
        }
        return StageCapacities(
            worker: worker.perSecond, sequencer: sequencer.perSecond,
            disk: disk.perSecond(maximumRecords: Double(maximumRecords)))
    }

    private mutating func addThreads(_ now: Reading, since last: Reading) {
        let seconds = Double(now.nanoseconds - last.nanoseconds) / 1e9
        let accepted = Double(now.accepted &- last.accepted)
        guard accepted >= Self.minimumPerSecond * seconds else { return }
        // Where most of what comes is turned away, the threads are busy with that: it shows no more
        // than that the platform takes as much.
        let isMostlyRefused = 2 * accepted < Double(now.answered &- last.answered)
        func busy(_ now: UInt64, _ then: UInt64) -> Double {
            min(Double(now > then ? now - then : 0) / 1e9, seconds)
        }
        let workers = zip(now.times.workers, last.times.workers).map { busy($0, $1) }
        worker.add(accepted, busy: workers.max() ?? 0, canLower: !isMostlyRefused)
        sequencer.add(
            accepted, busy: busy(now.times.sequencer, last.times.sequencer),
            canLower: !isMostlyRefused)
    }
}

/// Commits since the process started, or within a time.
struct CommitTotals {
    var count: UInt64 = 0
    /// Nanoseconds.
    var time: UInt64 = 0
    /// Nanoseconds of it in which the sequencer's thread worked: hashed and wrote.
    var busy: UInt64 = 0
    var records: UInt64 = 0

    /// Nanoseconds in which it waited for the disk.
    var waiting: UInt64 { time - min(busy, time) }

    func since(_ earlier: CommitTotals) -> CommitTotals {
        CommitTotals(
            count: count &- earlier.count, time: time &- earlier.time,
            busy: busy &- earlier.busy, records: records &- earlier.records)
    }
}

/// What a thread takes, from how busy it was while so many entries were accepted. The weight of a
/// measurement is the time that the thread was busy: a busy half second replaces hours of calm.
private struct ThreadCapacity {
    private var entries = 0.0
    private var busySeconds = 0.0

    /// Busy seconds that are remembered, about.
    private static var memorySeconds: Double { 0.5 }
    /// Busy seconds from which it is known.
    private static var minimumSeconds: Double { 0.02 }

    mutating func add(_ accepted: Double, busy seconds: Double, canLower: Bool) {
        guard seconds > 0 else { return }
        if !canLower, busySeconds > 0, accepted / seconds < entries / busySeconds { return }
        let kept = max(1 - seconds / Self.memorySeconds, 0)
        entries = entries * kept + accepted
        busySeconds = busySeconds * kept + seconds
    }

    var perSecond: Int? {
        busySeconds < Self.minimumSeconds ? nil : Int(bounded(entries / busySeconds))
    }
}

/// What a disk takes. It is in use whenever something waits, so how busy it is says nothing: the
/// slower it is, the more records each commit carries. It takes the most records that one commit
/// may have, in the time that such a commit would need. That time follows from how the time of
/// commits has grown with their records (a line, by least squares), once they have been large
/// enough to show it. The sequencer's own work in a commit does not count: it is the sequencer's.
private struct DiskCapacity {
    private var weight = 0.0
    private var records = 0.0
    private var time = 0.0
    private var recordsSquared = 0.0
    private var recordsTime = 0.0

    /// What is left of the weight of earlier measurements after a tenth of a second with commits.
    private static var kept: Double { 0.98 }
    /// Commits of fewer than this part of the most records say nothing of how their time grows.
    private static var telling: Double { 1.0 / 16 }

    mutating func add(_ commits: CommitTotals) {
        guard commits.count > 0 else { return }
        let count = Double(commits.count)
        let meanRecords = Double(commits.records) / count
        let meanTime = Double(commits.waiting) / count / 1e9
        weight = weight * Self.kept + count
        records = records * Self.kept + count * meanRecords
        time = time * Self.kept + count * meanTime
        recordsSquared = recordsSquared * Self.kept + count * meanRecords * meanRecords
        recordsTime = recordsTime * Self.kept + count * meanRecords * meanTime
    }

    func perSecond(maximumRecords: Double) -> Int? {
        guard weight > 0 else { return nil }
        let (meanRecords, meanTime) = (records / weight, time / weight)
        let variance = recordsSquared / weight - meanRecords * meanRecords
        let covariance = recordsTime / weight - meanRecords * meanTime
        let isTelling = meanRecords >= maximumRecords * Self.telling && variance > 1
        let slope = isTelling ? max(covariance / variance, 0) : 0
        // No commit takes less than nothing: the line passes the mean, and not below the origin.
        let perRecord = min(slope, meanTime / max(meanRecords, 1))
        let fullTime = meanTime + perRecord * max(maximumRecords - meanRecords, 0)
        return Int(bounded(maximumRecords / max(fullTime, 1e-6)))
    }
}

/// A rate as a report may hold it.
private func bounded(_ perSecond: Double) -> Double { min(max(perSecond, 0), 1e12) }
