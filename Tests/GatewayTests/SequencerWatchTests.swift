import Testing

@testable import Gateway

@Suite("Whether the sequencer hangs, as a loop sees it")
struct SequencerWatchTests {
    private static let second: UInt64 = 1_000_000_000

    @Test("silence grows while the sequencer does not turn, and ends when it does")
    func silence() {
        var watch = SequencerWatch()
        var now = 100 * Self.second
        watch.look(7, at: now)
        for _ in 0..<60 {
            now += Self.second / 10
            watch.look(7, at: now)
        }
        #expect(watch.silence == 6 * Self.second)
        watch.look(8, at: now + 1)
        #expect(watch.silence == 0)
    }

    @Test("a process that was stopped has not waited for a disk")
    func stopped() {
        var watch = SequencerWatch()
        watch.look(7, at: Self.second)
        watch.look(7, at: 3_600 * Self.second)
        #expect(watch.silence < Self.second)
        // Several looks of one turn, at one time, are one.
        for _ in 0..<100 { watch.look(7, at: 3_600 * Self.second) }
        #expect(watch.silence < Self.second)
    }

    @Test("a sequencer that has ended does not hang")
    func ended() {
        var watch = SequencerWatch()
        for step in 1..<100 { watch.look(Heartbeats.ended, at: UInt64(step) * Self.second) }
        #expect(watch.silence == 0)
    }
}
