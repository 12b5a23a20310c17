internal import Counters
internal import Synchronization

/// How hard the gateway is pushed.
enum PressureLevel: Int, Sendable, CaseIterable {
    case calm
    case strained
    case critical

    var label: StaticString {
        switch self {
        case .calm: "calm"
        case .strained: "strained"
        case .critical: "critical"
        }
    }
}

/// One sample of the gateway's pressure, and the rates that go with it.
struct PressureSample: Sendable {
    var level = PressureLevel.calm
    /// Mean wait of an entry for the sequencer over the last second, in seconds.
    var queueWaitSeconds = 0.0
    /// Mean time of a commit over the last second, in seconds.
    var commitSeconds = 0.0
    /// Mean time until a loop reads what is left for it, over the last second, in seconds.
    var loopLagSeconds = 0.0
    /// Share of the last ten seconds that some task waited for a processor, 0 to 100 (PSI).
    var cpuPressure = 0.0
    /// The same for memory.
    var memoryPressure = 0.0
    /// Entries accepted a second, over the last second.
    var entriesPerSecond = 0.0
    /// Requests answered a second on the public listener, over the last second.
    var requestsPerSecond = 0.0

    /// The level these numbers amount to. The bounds are a first guess, to be replaced by measured
    /// ones when something acts on the level.
    var rawLevel: PressureLevel {
        let worst = max(queueWaitSeconds, commitSeconds, loopLagSeconds)
        if worst > 0.250 || memoryPressure > 20 { return .critical }
        if worst > 0.050 || memoryPressure > 5 { return .strained }
        return .calm
    }
}

/// Turns what the instruments have counted into samples. Owned by the pulse's thread.
struct PressureMeter {
    private let shared: Shared
    /// Readings of the last second, oldest first.
    private var readings: [Reading] = []
    private var level = PressureLevel.calm
    /// Samples in a row that were calmer than the level.
    private var calmer = 0

    /// Samples a second.
    static var frequency: Int { 10 }
    /// So many calmer samples in a row lower the level by one.
    private static var patience: Int { 20 }

    /// The instruments at one moment.
    private struct Reading {
        var nanoseconds: UInt64
        var queueWait: HistogramSnapshot
        var commit: HistogramSnapshot
        var loopLag: HistogramSnapshot
        var entries: UInt64
        var requests: UInt64
    }

    init(_ shared: Shared) {
        self.shared = shared
    }

    /// Measures and publishes.
    mutating func sample() {
        let reading = read()
        readings.append(reading)
        if readings.count > Self.frequency + 1 { readings.removeFirst() }
        let oldest = readings[0]
        let seconds = Double(reading.nanoseconds - oldest.nanoseconds) / 1e9
        var sample = PressureSample()
        sample.queueWaitSeconds = mean(reading.queueWait, since: oldest.queueWait)
        sample.commitSeconds = mean(reading.commit, since: oldest.commit)
        sample.loopLagSeconds = mean(reading.loopLag, since: oldest.loopLag)
        sample.cpuPressure = KernelPressure.read("cpu")
        sample.memoryPressure = KernelPressure.read("memory")
        if seconds > 0 {
            sample.entriesPerSecond = Double(reading.entries - oldest.entries) / seconds
            sample.requestsPerSecond = Double(reading.requests - oldest.requests) / seconds
        }
        sample.level = follow(sample.rawLevel)
        let published = sample
        shared.pressure.withLock { $0 = published }
    }

    private func read() -> Reading {
        Reading(
            nanoseconds: LoopClock.monotonicNanoseconds(),
            queueWait: shared.instruments.timing(Instruments.Timing.queueWait),
            commit: shared.instruments.timing(Instruments.Timing.commit),
            loopLag: shared.instruments.timing(Instruments.Timing.loopLag),
            entries: shared.instruments.entriesAccepted,
            requests: Route.allCases.reduce(0) { total, route in
                total + shared.instruments.timing(Instruments.Timing.request(.public, route)).count
            })
    }

    /// Mean of what was recorded between two snapshots of one histogram of nanoseconds.
    private func mean(_ now: HistogramSnapshot, since then: HistogramSnapshot) -> Double {
        let count = now.count - then.count
        return count == 0 ? 0 : Double(now.sum - then.sum) / Double(count) / 1e9
    }

    /// Up at once, down by one after a calm while.
    private mutating func follow(_ raw: PressureLevel) -> PressureLevel {
        calmer = raw.rawValue < level.rawValue ? calmer + 1 : 0
        if raw.rawValue > level.rawValue {
            level = raw
        } else if calmer >= Self.patience {
            level = PressureLevel(rawValue: level.rawValue - 1) ?? .calm
            calmer = 0
        }
        return level
    }
}
