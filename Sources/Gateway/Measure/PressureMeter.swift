internal import Contract
internal import Counters
internal import Synchronization

/// One sample of the gateway's pressure, and the rates that go with it.
struct PressureSample: Sendable {
    var level = PressureLevel.calm
    /// What the level goes by, over the last half second.
    var figures = PressureFigures()
    /// Share of the last ten seconds that some task waited for a processor, 0 to 100 (PSI).
    var cpuPressure = 0.0
    /// The same for memory.
    var memoryPressure = 0.0
    /// Entries accepted a second, over the last half second.
    var entriesPerSecond = 0.0
    /// Requests answered a second on the public listener, over the last half second.
    var requestsPerSecond = 0.0
}

/// Turns what the instruments have counted into samples. Owned by the pulse's thread.
struct PressureMeter {
    private let shared: Shared
    /// Readings of the last half second, oldest first.
    private var readings: [Reading] = []
    private var follower = PressureFollower()

    /// Readings that a sample is taken over.
    private static var window: Int { PressureFollower.frequency / 2 }

    /// The instruments at one moment.
    private struct Reading {
        var nanoseconds: UInt64
        var queueWait: HistogramSnapshot
        var commit: HistogramSnapshot
        var loopLag: HistogramSnapshot
        var shed: UInt64
        var entries: UInt64
        var requests: UInt64
    }

    init(_ shared: Shared) {
        self.shared = shared
    }

    /// Measures and publishes.
    mutating func sample() -> PressureSample {
        let reading = read()
        readings.append(reading)
        if readings.count > Self.window + 1 { readings.removeFirst() }
        let oldest = readings[0]
        let seconds = Double(reading.nanoseconds - oldest.nanoseconds) / 1e9
        var sample = PressureSample()
        sample.figures.queueWait = mean(reading.queueWait, since: oldest.queueWait)
        sample.figures.commit = mean(reading.commit, since: oldest.commit)
        sample.figures.loopLag = mean(reading.loopLag, since: oldest.loopLag)
        sample.cpuPressure = KernelPressure.read("cpu")
        sample.memoryPressure = KernelPressure.read("memory")
        sample.figures.memory = Int(sample.memoryPressure * 10)
        if seconds > 0 {
            sample.figures.shed = Int(Double(reading.shed - oldest.shed) / seconds)
            sample.entriesPerSecond = Double(reading.entries - oldest.entries) / seconds
            sample.requestsPerSecond = Double(reading.requests - oldest.requests) / seconds
        }
        sample.level = follower.follow(sample.figures)
        let published = sample
        shared.pressure.withLock { $0 = published }
        return sample
    }

    private func read() -> Reading {
        Reading(
            nanoseconds: LoopClock.monotonicNanoseconds(),
            queueWait: shared.instruments.timing(Instruments.Timing.queueWait),
            commit: shared.instruments.timing(Instruments.Timing.commit),
            loopLag: shared.instruments.timing(Instruments.Timing.loopLag),
            shed: shared.instruments.entriesShed,
            entries: shared.instruments.entriesAccepted,
            requests: Route.allCases.reduce(0) { total, route in
                total + shared.instruments.timing(Instruments.Timing.request(.public, route)).count
            })
    }

    /// Mean of what was recorded between two snapshots of one histogram of nanoseconds, in
    /// microseconds.
    private func mean(_ now: HistogramSnapshot, since then: HistogramSnapshot) -> Int {
        let count = now.count - then.count
        return count == 0 ? 0 : Int((now.sum - then.sum) / count / 1_000)
    }
}
