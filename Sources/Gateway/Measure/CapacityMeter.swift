/// What each stage takes: the entries that were accepted, divided by how busy the stage was. Known
/// in calm already, and followed within half a second under load. Owned by the pulse's thread.
///
/// What a stage has shown that it takes is believed for some minutes of its work. With less to do
/// it needs more time for each entry, because fewer share a batch, a turn, a wake-up: what calm
/// brings, or a pace lets in, shows no more than that the platform takes as much.
struct CapacityMeter {
    private var last: Reading?
    private var worker = ThreadCapacity()
    private var sequencer = ThreadCapacity()
    private var disk = DiskCapacity()
    private var use = SequencerUse()

    /// Entries a second below which what a thread does for itself would count too much.
    private static var minimumPerSecond: Double { 50 }
    /// What is in use for so much of the time takes no more.
    private static var fullShare: Double { 0.9 }

    /// The instruments at one moment, counted since the process started.
    struct Reading {
        /// The monotonic clock.
        var nanoseconds: UInt64
        var accepted: UInt64
        /// Entries answered, whatever the answer.
        var answered: UInt64
        /// Whether the ladder holds an operation: paces decide what is accepted.
        var isHeld = false
        var times: StageTimes
        var commits: CommitTotals
    }

    /// - Parameter maximumRecords: the most records that one commit stores.
    mutating func add(_ reading: Reading, maximumRecords: Int) -> StageCapacities {
        defer { last = reading }
        if let last, reading.nanoseconds > last.nanoseconds {
            let seconds = Double(reading.nanoseconds - last.nanoseconds) / 1e9
            let commits = reading.commits.since(last.commits)
            let busy = Self.busy(
                reading.times.sequencer, since: last.times.sequencer, within: seconds)
            let waiting = use.add(
                busy: busy, waiting: Double(commits.waiting) / 1e9, within: seconds)
            disk.add(commits, waiting: waiting)
            let isFull = use.share >= Self.fullShare && commits.areFull(of: maximumRecords)
            addThreads(reading, since: last, within: seconds, isSequencerFull: isFull)
        }
        return StageCapacities(
            worker: worker.perSecond, sequencer: sequencer.perSecond,
            disk: disk.perSecond(maximumRecords: Double(maximumRecords)))
    }

    private mutating func addThreads(
        _ now: Reading, since last: Reading, within seconds: Double, isSequencerFull: Bool
    ) {
        let accepted = Double(now.accepted &- last.accepted)
        guard accepted >= Self.minimumPerSecond * seconds else { return }
        // Where most of what comes is turned away, the threads are busy with that.
        let isMostlyRefused = 2 * accepted < Double(now.answered &- last.answered)
        func evidence(_ busy: Double, isFull: Bool = false) -> ThreadCapacity.Evidence {
            if isMostlyRefused { return .refusing }
            let isUsed = isFull || busy >= Self.fullShare * seconds
            return isUsed && !now.isHeld ? .full : .partial
        }
        let workers = zip(now.times.workers, last.times.workers).map {
            Self.busy($0, since: $1, within: seconds)
        }
        let busiest = workers.max() ?? 0
        worker.add(accepted, busy: busiest, evidence(busiest))
        let busy = Self.busy(now.times.sequencer, since: last.times.sequencer, within: seconds)
        sequencer.add(accepted, busy: busy, evidence(busy, isFull: isSequencerFull))
    }

    private static func busy(
        _ now: UInt64, since then: UInt64, within seconds: Double
    ) -> Double {
        min(Double(now > then ? now - then : 0) / 1e9, seconds)
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

    /// Nanoseconds in which it waited: for the disk, and then for a processor.
    var waiting: UInt64 { time - min(busy, time) }

    /// Whether they carried nearly as much as they may: then more waits than they take.
    func areFull(of maximumRecords: Int) -> Bool {
        count > 0 && Double(records) >= 0.75 * Double(count) * Double(maximumRecords)
    }

    func since(_ earlier: CommitTotals) -> CommitTotals {
        CommitTotals(
            count: count &- earlier.count, time: time &- earlier.time,
            busy: busy &- earlier.busy, records: records &- earlier.records)
    }
}

/// How the sequencer's time is used: it works, or waits for a processor; it waits for the disk; it
/// has nothing to do. Over the last half second.
///
/// A sequencer that shares its processor with a worker waits for it at the end of each sync. The
/// kernel counts that wait as the thread's, and a commit's own time has it too. It must not count
/// twice: for the disk there is no more time than the thread leaves.
private struct SequencerUse {
    private var seconds = 0.0
    private var busy = 0.0
    private var waiting = 0.0

    /// What is left of the weight of earlier measurements after a tenth of a second.
    private static var kept: Double { 0.8 }

    /// - Parameters: seconds.
    ///   - busy: for which the thread ran or was ready to.
    ///   - waiting: of all commits in which it did not run.
    ///   - seconds: that have passed.
    /// - Returns: what of `waiting` was for the disk.
    mutating func add(busy: Double, waiting: Double, within seconds: Double) -> Double {
        self.seconds = self.seconds * Self.kept + seconds
        self.busy = self.busy * Self.kept + busy
        self.waiting = self.waiting * Self.kept + waiting
        return waiting * diskPart
    }

    private var diskPart: Double {
        waiting > 0 ? min(max(seconds - busy, 0) / waiting, 1) : 1
    }

    /// The share of the time in which it was not idle.
    var share: Double { (busy + waiting * diskPart) / seconds }
}

/// What a thread takes, from how busy it was while so many entries were accepted. The weight of a
/// measurement is the time that the thread was busy: a busy half second replaces hours of calm.
private struct ThreadCapacity {
    private var entries = 0.0
    private var busySeconds = 0.0
    /// The most that it has shown lately, in entries a second; 0 while nothing is certain.
    private var shown = 0.0

    /// What a measurement says.
    enum Evidence {
        /// The thread took all that it can.
        case full
        /// It takes as much at least.
        case partial
        /// The same, and how busy it was says nothing of entries that are accepted.
        case refusing
    }

    /// Busy seconds that are remembered, about.
    private static var memorySeconds: Double { 0.5 }
    /// Busy seconds from which it is known.
    private static var minimumSeconds: Double { 0.02 }
    /// Busy seconds from which it is certain.
    private static var certainSeconds: Double { 0.25 }
    /// Busy seconds after which what was shown once is mostly forgotten.
    private static var shownSeconds: Double { 300 }

    mutating func add(_ accepted: Double, busy seconds: Double, _ evidence: Evidence) {
        guard seconds > 0 else { return }
        let isLess = busySeconds > 0 && accepted / seconds < entries / busySeconds
        if evidence == .refusing, isLess { return }
        let kept = max(1 - seconds / Self.memorySeconds, 0)
        entries = entries * kept + accepted
        busySeconds = busySeconds * kept + seconds
        guard busySeconds >= Self.certainSeconds else { return }
        let recent = entries / busySeconds
        if shown == 0 || recent >= shown {
            shown = recent
        } else if evidence == .full {
            shown += (accepted / seconds - shown) * (1 - kept)
        } else {
            shown += (recent - shown) * min(seconds / Self.shownSeconds, 1)
        }
    }

    var perSecond: Int? {
        if busySeconds < Self.minimumSeconds { return nil }
        return Int(bounded(shown > 0 ? shown : entries / busySeconds))
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

    /// - Parameter waiting: seconds for which the sequencer waited for it.
    mutating func add(_ commits: CommitTotals, waiting: Double) {
        guard commits.count > 0 else { return }
        let count = Double(commits.count)
        let meanRecords = Double(commits.records) / count
        let meanTime = waiting / count
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
