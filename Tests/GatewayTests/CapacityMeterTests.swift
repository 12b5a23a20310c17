import Contract
import Testing

@testable import Gateway

@Suite("What a stage takes: accepted entries by how busy it was")
struct CapacityMeterTests {
    /// A meter, and what it is given a tenth of a second at a time.
    private struct Feed {
        var meter = CapacityMeter()
        var reading = CapacityMeter.Reading(
            nanoseconds: 1, accepted: 0, answered: 0,
            times: StageTimes(workers: [0, 0], sequencer: 0), commits: CommitTotals())

        init() { _ = meter.add(reading, maximumRecords: 4_096) }

        /// - Parameters:
        ///   - busy: permille of the time, of each worker and of the sequencer.
        mutating func step(
            accepted: UInt64, refused: UInt64 = 0, isHeld: Bool = false,
            busy: (UInt64, UInt64, UInt64),
            commits: CommitTotals = CommitTotals(count: 10, time: 1_000_000, records: 20),
            maximumRecords: Int = 4_096
        ) -> StageCapacities {
            reading.nanoseconds += 100_000_000
            reading.accepted += accepted
            reading.answered += accepted + refused
            reading.isHeld = isHeld
            reading.times.workers[0] += busy.0 * 100_000
            reading.times.workers[1] += busy.1 * 100_000
            reading.times.sequencer += busy.2 * 100_000
            reading.commits.count += commits.count
            reading.commits.time += commits.time
            reading.commits.busy += commits.busy
            reading.commits.records += commits.records
            return meter.add(reading, maximumRecords: maximumRecords)
        }
    }

    @Test("in calm it is known within seconds, by the worker that is busiest")
    func calm() {
        var feed = Feed()
        #expect(feed.step(accepted: 100, busy: (50, 10, 20)).limit == nil, "too little yet")
        var capacities = StageCapacities()
        for _ in 0..<20 { capacities = feed.step(accepted: 100, busy: (100, 20, 50)) }
        #expect(capacities.limit?.stage == .worker)
        #expect((9_000...11_000).contains(capacities.worker ?? 0), "\(capacities)")
        #expect((18_000...22_000).contains(capacities.sequencer ?? 0), "\(capacities)")
    }

    @Test("idle hours say nothing, and a busy half second replaces what calm has shown")
    func memory() {
        var feed = Feed()
        for _ in 0..<20 { _ = feed.step(accepted: 100, busy: (100, 20, 50)) }
        var capacities = StageCapacities()
        for _ in 0..<1_000 { capacities = feed.step(accepted: 1, busy: (5, 5, 5)) }
        #expect((9_000...11_000).contains(capacities.worker ?? 0))
        for _ in 0..<12 { capacities = feed.step(accepted: 500, busy: (1_000, 900, 400)) }
        #expect((4_900...5_500).contains(capacities.worker ?? 0), "\(capacities)")
    }

    @Test("what is turned away makes a stage busy, and lowers nothing")
    func refusals() {
        var feed = Feed()
        var capacities = StageCapacities()
        for _ in 0..<20 { capacities = feed.step(accepted: 900, busy: (900, 0, 300)) }
        let before = capacities
        for _ in 0..<50 {
            capacities = feed.step(accepted: 100, refused: 5_000, busy: (1_000, 0, 500))
        }
        #expect(capacities.worker == before.worker && capacities.sequencer == before.sequencer)
        for _ in 0..<50 {
            capacities = feed.step(accepted: 1_500, refused: 5_000, busy: (1_000, 0, 500))
        }
        #expect((capacities.worker ?? 0) > 14_000, "but more than was known is believed")
    }

    @Test("what it took with full hands stands while a pace lets in less, at a higher cost each")
    func held() {
        var feed = Feed()
        var capacities = StageCapacities()
        for _ in 0..<20 { capacities = feed.step(accepted: 1_000, busy: (1_000, 0, 300)) }
        #expect((9_900...10_100).contains(capacities.worker ?? 0), "\(capacities)")
        for _ in 0..<600 {
            capacities = feed.step(
                accepted: 600, refused: 100, isHeld: true, busy: (950, 0, 300))
        }
        #expect((9_000...10_100).contains(capacities.worker ?? 0), "\(capacities)")
        for _ in 0..<20 { capacities = feed.step(accepted: 600, busy: (1_000, 0, 300)) }
        #expect((5_900...6_200).contains(capacities.worker ?? 0), "all it can is believed at once")
    }

    @Test("what calm brings makes entries dear, and is believed in minutes of work only")
    func calmAfterLoad() {
        var feed = Feed()
        var capacities = StageCapacities()
        for _ in 0..<20 { capacities = feed.step(accepted: 1_000, busy: (1_000, 0, 300)) }
        for _ in 0..<300 { capacities = feed.step(accepted: 20, busy: (50, 0, 20)) }
        #expect((9_800...10_100).contains(capacities.worker ?? 0), "\(capacities)")
        for _ in 0..<12_000 { capacities = feed.step(accepted: 200, busy: (500, 0, 20)) }
        #expect((4_000...5_000).contains(capacities.worker ?? 0), "20 minutes: \(capacities)")
    }

    @Test("a sequencer that waits for its processor at the end of a sync has not waited twice")
    func sharedProcessor() {
        // A batch of eight takes 0.27 ms: the sequencer works for 0.1, waits for the disk for 0.07,
        // then for the worker for 0.1, which both the kernel and the commit count.
        var feed = Feed()
        var capacities = StageCapacities()
        let commits = CommitTotals(count: 370, time: 70_300_000, busy: 7_400_000, records: 2_960)
        for _ in 0..<50 {
            capacities = feed.step(
                accepted: 2_960, busy: (600, 0, 740), commits: commits, maximumRecords: 8)
        }
        #expect((29_000...30_500).contains(capacities.limit?.perSecond ?? 0), "\(capacities)")
        // At a slower pace batches are smaller, and there are as many.
        for _ in 0..<100 {
            capacities = feed.step(
                accepted: 1_850, isHeld: true, busy: (500, 0, 700),
                commits: CommitTotals(
                    count: 370, time: 66_600_000, busy: 5_550_000, records: 1_850),
                maximumRecords: 8)
        }
        #expect((27_000...33_000).contains(capacities.limit?.perSecond ?? 0), "\(capacities)")
    }

    @Test("a disk takes full batches: slow syncs alone limit nothing")
    func disk() {
        var feed = Feed()
        var capacities = StageCapacities()
        for _ in 0..<50 {
            capacities = feed.step(
                accepted: 30, busy: (100, 0, 50),
                commits: CommitTotals(count: 3, time: 90_000_000, records: 30))
        }
        // 4,096 records in 30 ms.
        #expect((130_000...140_000).contains(capacities.disk ?? 0), "\(capacities)")
        #expect(capacities.limit?.stage == .worker)
        // Batches that take longer the more they carry: 1 ms, and 0.1 ms for each record.
        for beat in 0..<400 as Range<UInt64> {
            let records = 500 + beat % 7 * 100
            capacities = feed.step(
                accepted: 30, busy: (1, 0, 1),
                commits: CommitTotals(
                    count: 1, time: 1_000_000 + records * 100_000, records: records))
        }
        #expect((9_500...10_500).contains(capacities.disk ?? 0), "\(capacities)")
    }

    @Test("the sequencer's own work in a commit is not the disk's as well")
    func work() {
        // Batches of eight in 0.2 ms, of which the disk has 0.04: the sequencer is busy otherwise.
        var feed = Feed()
        var capacities = StageCapacities()
        for _ in 0..<50 {
            capacities = feed.step(
                accepted: 2_400, busy: (500, 0, 800),
                commits: CommitTotals(
                    count: 300, time: 60_000_000, busy: 48_000_000, records: 2_400))
        }
        #expect((29_000...31_000).contains(capacities.sequencer ?? 0), "\(capacities)")
        #expect((24_000...30_000).contains(capacities.limit?.perSecond ?? 0), "\(capacities)")
    }

    @Test("the sequencer waits for the disk: they take what both take one after the other")
    func inTurn() {
        let both = StageCapacities(worker: 50_000, sequencer: 80_000, disk: 28_000).limit
        #expect(both?.stage == .disk)
        #expect((20_000...21_000).contains(both?.perSecond ?? 0), "\(both?.perSecond ?? 0)")
        let quick = StageCapacities(worker: 50_000, sequencer: 80_000, disk: 4_000_000).limit
        #expect(quick?.stage == .worker && quick?.perSecond == 50_000)
        let unknown = StageCapacities(worker: 90_000, sequencer: 80_000, disk: nil).limit
        #expect(unknown?.stage == .sequencer && unknown?.perSecond == 80_000)
    }

    @Test("a thread's time is the kernel's, from when it says that it begins")
    func threads() {
        let times = ThreadTimes(workers: 1)
        #expect(times.read().workers == [0])
        times.workerBegins(0)
        let before = times.read().workers[0]
        // Reading is work.
        while times.read().workers[0] <= before {}
        #expect(times.read().sequencer == 0)
    }
}
