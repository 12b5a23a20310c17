internal import Counters

/// When each thread of the gateway last turned its loop: for whoever must know that none hangs.
///
/// All turn ten times a second at least, because the pulse rings for them; the pulse by its timer.
final class Heartbeats: Sendable {
    /// One for each loop's lane, then the sequencer's and the pulse's: nanoseconds of the monotonic
    /// clock, `ended` for a thread that has come to its end. Each written by its thread.
    private let beats: GaugeTable
    private let sequencer: Int

    private static var ended: Int64 { .max }

    /// All begin to count now, the threads that have not started yet too.
    init(lanes: Int, at nanoseconds: UInt64) {
        beats = GaugeTable(gauges: lanes + 2)
        sequencer = lanes
        for thread in 0..<lanes + 2 { beats.set(Int64(nanoseconds), gauge: thread) }
    }

    // MARK: The threads write

    func loopTurns(_ lane: Int, at nanoseconds: UInt64) {
        beats.set(Int64(nanoseconds), gauge: lane)
    }

    func loopEnds(_ lane: Int) { beats.set(Self.ended, gauge: lane) }

    func sequencerTurns(at nanoseconds: UInt64) {
        beats.set(Int64(nanoseconds), gauge: sequencer)
    }

    func sequencerEnds() { beats.set(Self.ended, gauge: sequencer) }

    func pulseTurns(at nanoseconds: UInt64) {
        beats.set(Int64(nanoseconds), gauge: sequencer + 1)
    }

    func pulseEnds() { beats.set(Self.ended, gauge: sequencer + 1) }

    // MARK: Anyone reads

    /// The thread that was silent for longest, by its name, where that is longer than given.
    func thread(silentFor nanoseconds: UInt64, at now: UInt64) -> String? {
        let silences = (0..<sequencer + 2).map { thread in
            (thread, Int64(now).subtractingReportingOverflow(beats.value(of: thread)).partialValue)
        }
        guard let longest = silences.max(by: { $0.1 < $1.1 }), longest.1 > Int64(nanoseconds) else {
            return nil
        }
        switch longest.0 {
        case sequencer: return "sequencer"
        case sequencer + 1: return "pulse"
        case sequencer - 1: return "admin"
        case let number: return "worker-\(number)"
        }
    }
}
