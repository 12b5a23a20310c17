internal import Contract
internal import Ledger
internal import LockFree
internal import Projections
internal import Synchronization
internal import Time

/// One sample of the gateway's pressure, and the rates that go with it.
struct PressureSample: Sendable {
    var level = PressureLevel.calm
    /// What the level goes by: what was shed is of the last half second, the times are of the last
    /// five tenths of a second in which something was timed.
    var figures = PressureFigures()
    /// Share of the last ten seconds that some task waited for a processor, 0 to 100 (PSI).
    var cpuPressure = 0.0
    /// The same for memory.
    var memoryPressure = 0.0
    /// Entries accepted a second, over the last half second.
    var entriesPerSecond = 0.0
    /// Requests answered a second on the public listener, over the last half second.
    var requestsPerSecond = 0.0
    /// Entries a second that each stage takes.
    var capacities = StageCapacities()
    /// What other nodes of a cluster have told their leader; none in what is published.
    var others: [NodeSample] = []
}

/// Turns what the instruments have counted into samples. Owned by the pulse's thread.
struct PressureMeter {
    private let shared: Shared
    /// Reads a resource's pressure from the kernel, 0 to 100.
    private let kernelPressure: @Sendable (String) -> Double
    /// Reads how long the stages were busy.
    private let stageTimes: @Sendable () -> StageTimes
    /// Readings of the last half second, oldest first.
    private var readings: [Reading] = []
    private var queueWait = SettledTiming(Instruments.Timing.queueWait)
    private var commit = SettledTiming(Instruments.Timing.commit)
    private var loopLag = SettledTiming(Instruments.Timing.loopLag)
    private var unreadWait = SettledTiming(
        Instruments.Timing.unreadWait, without: Instruments.Timing.heldUnreadWait)
    private var classifier = PressureClassifier()
    private var calmCommit = CalmCommit()
    /// Samples since the disk stood still.
    private var sinceStandstill = Int.max
    private var capacity = CapacityMeter()
    /// All commits until the last sample.
    private var commits = CommitTotals()

    /// A commit that takes so long, and so many times what it takes without load, is no sign of
    /// load: no more than one batch is in it. The disk stands still.
    private static var standstillNanoseconds: UInt64 { 50_000_000 }
    private static var standstillTimes: UInt64 { 10 }
    /// Samples after it in which those who came meanwhile are decided.
    private static var samplesAfterStandstill: Int { 2 }

    /// Readings that a sample is taken over.
    private static var window: Int { PressureClassifier.frequency / 2 }

    /// The instruments at one moment.
    private struct Reading {
        var nanoseconds: UInt64
        var shed: UInt64
        var entries: UInt64
        var requests: UInt64
    }

    /// - Parameters: the seams to the machine.
    ///   - kernelPressure: see ``KernelPressure``.
    ///   - stageTimes: nil for those of the threads.
    init(
        _ shared: Shared,
        kernelPressure: @escaping @Sendable (String) -> Double = KernelPressure.read,
        stageTimes: (@Sendable () -> StageTimes)? = nil
    ) {
        self.shared = shared
        self.kernelPressure = kernelPressure
        let threads = shared.threadTimes
        self.stageTimes = stageTimes ?? { threads.read() }
    }

    /// Measures and publishes.
    mutating func sample() -> PressureSample {
        let reading = read()
        let hasEntries = reading.entries > readings.last?.entries ?? 0
        readings.append(reading)
        if readings.count > Self.window + 1 { readings.removeFirst() }
        let oldest = readings[0]
        let seconds = Double(reading.nanoseconds - oldest.nanoseconds) / 1e9
        var sample = PressureSample()
        let isStandstill = isDiskStill(at: reading.nanoseconds)
        sample.figures.queueWait = queueWait.sample(
            shared.instruments, isStandstill: isStandstill)
        // Where no entry came, what was committed is our own: reports, while the ladder holds
        // somebody. It must not keep up the strain that they tell of.
        sample.figures.commit = commit.sample(
            shared.instruments, counts: hasEntries, isStandstill: isStandstill)
        if let stall = shared.health.stall(at: reading.nanoseconds) {
            // No hiccup: it counts before it has ended.
            sample.figures.commit = max(sample.figures.commit, Int(stall / 1_000))
        }
        readCommits(at: reading.nanoseconds, &sample)
        sample.figures.loopLag = loopLag.sample(shared.instruments)
        sample.figures.unreadWait = unreadWait.sample(shared.instruments)
        sample.cpuPressure = kernelPressure("cpu")
        sample.memoryPressure = kernelPressure("memory")
        sample.figures.memory = Int(sample.memoryPressure * 10)
        if seconds > 0 {
            sample.figures.shed = Int(Double(reading.shed - oldest.shed) / seconds)
            sample.entriesPerSecond = Double(reading.entries - oldest.entries) / seconds
            sample.requestsPerSecond = Double(reading.requests - oldest.requests) / seconds
        }
        sample.level = classifier.classify(sample.figures)
        let published = sample
        shared.pressure.withLock { $0 = published }
        shared.capacityPerSecond.store(
            published.capacities.limit?.perSecond ?? 0, ordering: .relaxed)
        return sample
    }

    /// Whether the disk stands still, or has just done so.
    private mutating func isDiskStill(at nanoseconds: UInt64) -> Bool {
        let calm = UInt64(calmCommit.microseconds) * 1_000
        let bound = max(Self.standstillNanoseconds, Self.standstillTimes * calm)
        if shared.health.commitAge(at: nanoseconds) >= bound {
            sinceStandstill = 0
        } else if sinceStandstill < .max {
            sinceStandstill += 1
        }
        return sinceStandstill <= Self.samplesAfterStandstill
    }

    /// Leaves out what was timed and counted since the last sample: it is no measure of load.
    mutating func skip() {
        readings.removeAll()
        _ = queueWait.sample(shared.instruments, counts: false)
        _ = commit.sample(shared.instruments, counts: false)
        _ = loopLag.sample(shared.instruments, counts: false)
        _ = unreadWait.sample(shared.instruments, counts: false)
        commits = readTotals()
    }

    private func readTotals() -> CommitTotals {
        let instruments = shared.instruments
        let timing = instruments.timing(Instruments.Timing.commit)
        return CommitTotals(
            count: timing.count, time: timing.sum, busy: instruments.commitBusyNanoseconds,
            records: instruments.timing(Instruments.Timing.commitRecords).sum)
    }

    /// Learns what the disk takes without load, and what each stage takes.
    private mutating func readCommits(at nanoseconds: UInt64, _ sample: inout PressureSample) {
        let instruments = shared.instruments
        let now = readTotals()
        let new = now.since(commits)
        commits = now
        calmCommit.add(
            count: new.count, sum: new.time, records: new.records, level: classifier.level)
        sample.figures.calmCommit = calmCommit.microseconds
        sample.capacities = capacity.add(
            CapacityMeter.Reading(
                nanoseconds: nanoseconds, accepted: instruments.entriesAccepted,
                answered: instruments.count(
                    ofTiming: Instruments.Timing.request(.public, .entries)),
                isHeld: isHeld, times: stageTimes(), commits: now),
            maximumRecords: shared.limits.batchEntries)
    }

    /// Whether the ladder holds an operation, and does not only advise.
    private var isHeld: Bool {
        let catalogue = shared.projected.catalogue
        return catalogue.heldOperations.contains { index in
            catalogue.operations[Int(index)].enforcedRung != .open
        }
    }

    private func read() -> Reading {
        Reading(
            nanoseconds: shared.clock.monotonicNanoseconds(),
            shed: shared.instruments.entriesShed,
            entries: shared.instruments.entriesAccepted,
            requests: Route.allCases.reduce(0) { total, route in
                total
                    + shared.instruments.count(
                        ofTiming: Instruments.Timing.request(.public, route))
            })
    }

}

/// The settled mean of one timing.
private struct SettledTiming {
    private let timing: Int
    /// A part of its values that does not count.
    private let excluded: Int?
    private var count: UInt64 = 0
    private var sum: UInt64 = 0
    private var mean = SettledMean()

    init(_ timing: Int, without excluded: Int? = nil) {
        self.timing = timing
        self.excluded = excluded
    }

    /// Takes in what was recorded since the last time, unless it does not count.
    /// - Returns: the mean, microseconds.
    mutating func sample(
        _ instruments: borrowing Instruments, counts: Bool = true, isStandstill: Bool = false
    ) -> Int {
        // First, so that it is no more than what it is a part of.
        let part = excluded.map { instruments.timing($0) }
        let now = instruments.timing(timing)
        let total = max(now.count - min(part?.count ?? 0, now.count), count)
        let totalSum = max(now.sum - min(part?.sum ?? 0, now.sum), sum)
        mean.add(
            count: counts ? total - count : 0, sum: counts ? totalSum - sum : 0,
            isStandstill: isStandstill)
        count = total
        sum = totalSum
        return Int(mean.value / 1_000)
    }
}
