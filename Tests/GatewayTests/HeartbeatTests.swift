import Testing

@testable import Gateway

@Suite("Whether every thread turns over")
struct HeartbeatTests {
    @Test("a thread that was silent for too long is named")
    func names() {
        let second: UInt64 = 1_000_000_000
        let beats = Heartbeats(lanes: 3, at: 10 * second)
        func silent(_ now: UInt64) -> String? { beats.thread(silentFor: 2 * second, at: now) }
        #expect(silent(12 * second) == nil)
        #expect(silent(12 * second + 1) != nil, "threads that never start are silent too")
        for lane in 0..<3 { beats.loopTurns(lane, at: 20 * second) }
        beats.sequencerTurns(at: 20 * second)
        beats.pulseTurns(at: 20 * second)
        #expect(silent(22 * second) == nil)
        for (name, others) in [
            ("worker-0", [1, 2, 3, 4]), ("worker-1", [0, 2, 3, 4]), ("admin", [0, 1, 3, 4]),
            ("sequencer", [0, 1, 2, 4]), ("pulse", [0, 1, 2, 3]),
        ] {
            let one = Heartbeats(lanes: 3, at: 20 * second)
            for thread in others {
                switch thread {
                case 3: one.sequencerTurns(at: 30 * second)
                case 4: one.pulseTurns(at: 30 * second)
                case let lane: one.loopTurns(lane, at: 30 * second)
                }
            }
            #expect(one.thread(silentFor: 2 * second, at: 30 * second) == name)
        }
    }

    @Test("a thread that has come to its end is not waited for")
    func ends() {
        let beats = Heartbeats(lanes: 2, at: 0)
        beats.loopEnds(0)
        beats.loopEnds(1)
        beats.pulseEnds()
        #expect(beats.thread(silentFor: 1, at: 1_000_000) == "sequencer")
        beats.sequencerEnds()
        #expect(beats.thread(silentFor: 1, at: 1_000_000) == nil)
    }
}
