internal import LockFree

/// When each thread of the gateway last turned its loop: for whoever must know that none hangs.
///
/// All turn ten times a second at least, because the pulse rings for them; the pulse by its timer.
final class Heartbeats: Sendable {
    /// One for each loop's lane, then the sequencer's and the pulse's, then one for the sequencer
    /// while it waits for other machines, which is not hanging: nanoseconds of the monotonic
    /// clock, `ended` for a thread that has come to its end. Each written by its thread.
    private let beats: GaugeTable
    private let sequencer: Int

    static var ended: Int64 { .max }

    /// All begin to count now, the threads that have not started yet too.
    init(lanes: Int, at nanoseconds: UInt64) {
        beats = GaugeTable(gauges: lanes + 3)
        sequencer = lanes
        for thread in 0..<lanes + 3 { beats.set(Int64(nanoseconds), gauge: thread) }
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

    /// It waits for the log that several nodes share: the supervisor has no reason to end it. Loops
    /// go by its turns alone, and refuse entries meanwhile.
    func sequencerWaits(at nanoseconds: UInt64) {
        beats.set(Int64(nanoseconds), gauge: sequencer + 2)
    }

    func pulseTurns(at nanoseconds: UInt64) {
        beats.set(Int64(nanoseconds), gauge: sequencer + 1)
    }

    func pulseEnds() { beats.set(Self.ended, gauge: sequencer + 1) }

    // MARK: Anyone reads

    /// When the sequencer last turned, by the monotonic clock; ``ended`` once it has ended.
    var sequencerBeat: Int64 { beats.value(of: sequencer) }

    /// The name of a thread that has been silent for longer than given; nil where none has.
    func thread(silentFor nanoseconds: UInt64, at now: UInt64) -> String? {
        // Without the pulse the others sleep: it comes first.
        let silent = (0..<sequencer + 2).reversed().first { thread in
            var beat = beats.value(of: thread)
            if thread == sequencer { beat = max(beat, beats.value(of: sequencer + 2)) }
            return beat != Self.ended && Int64(now) - beat > Int64(nanoseconds)
        }
        switch silent {
        case nil: return nil
        case sequencer + 1: return "pulse"
        case sequencer: return "sequencer"
        case sequencer - 1: return "admin"
        case let number?: return "worker-\(number)"
        }
    }
}
