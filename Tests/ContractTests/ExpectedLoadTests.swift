import Testing
import Time

@testable import Contract

@Suite("What declared campaigns are expected to bring, and whether one more fits")
struct ExpectedLoadTests {
    private let noon = Timestamp(milliseconds: 1_795_176_000_000)

    private func after(_ seconds: Int) -> Timestamp {
        noon.advanced(byMilliseconds: Int64(seconds) * 1_000)
    }

    /// Half of all answer within ten seconds, the others within the next ten; everybody enters.
    private func curve() throws -> ResponseCurve {
        try ResponseCurve(
            responsePermille: 1_000,
            points: [
                ResponseCurve.Point(seconds: 10, permille: 500),
                ResponseCurve.Point(seconds: 20, permille: 1_000),
            ])
    }

    private func wave(_ recipients: UInt32, at seconds: Int, until end: Int? = nil) throws
        -> ExpectedWave
    {
        ExpectedWave(
            recipients: recipients, curve: try curve(), starts: after(seconds),
            ends: end.map(after))
    }

    @Test("waves that overlap add up, and nothing is left when they are over")
    func sum() throws {
        let load = ExpectedLoad([try wave(100, at: 0), try wave(200, at: 10)])
        #expect(load.perSecond(at: after(-1)) == 0)
        #expect(load.perSecond(at: after(0)) == 5)
        #expect(load.perSecond(at: after(10)) == 15)
        #expect(load.perSecond(at: after(20)) == 10)
        #expect(load.perSecond(at: after(30)) == 0)
        #expect(load.steps.last == ExpectedLoad.Step(at: after(30), perSecond: 0))
        let peak = load.peak(from: after(-60), to: after(60))
        #expect(peak == ExpectedLoad.Step(at: after(10), perSecond: 15))
        #expect(load.peak(from: after(20), to: after(25)).perSecond == 10)
    }

    @Test("a campaign with an end is sent evenly until then, in 96 parts at most")
    func spread() throws {
        let hour = try wave(4_000, at: 0, until: 3_600)
        #expect(hour.parts == 4)
        let load = ExpectedLoad([hour])
        for part in 0..<4 {
            #expect(load.perSecond(at: after(part * 900 + 5)) == 50)
            #expect(load.perSecond(at: after(part * 900 + 25)) == 0)
        }
        #expect(hour.ends == after(2_700 + 20))
        let fortnight = try wave(96_000, at: 0, until: 14 * 86_400)
        #expect(fortnight.parts == ExpectedWave.maximumParts)
        #expect(try wave(1, at: 0, until: -5).parts == 1, "an end before the start is none")
        let extreme = ExpectedWave(
            recipients: .max, curve: try curve(), starts: Timestamp(milliseconds: .min),
            ends: Timestamp(milliseconds: .max))
        #expect(ExpectedLoad([extreme]).peak(from: noon, to: after(60)).perSecond >= 0)
    }

    @Test("slots hold the peak within them, and those of the same rate are one")
    func slots() throws {
        let load = ExpectedLoad([try wave(100, at: 5), try wave(200, at: 1_000)])
        let slots = load.peaks(from: noon, to: after(1_200), slotMilliseconds: 300_000)
        #expect(
            slots.steps == [
                ExpectedLoad.Step(at: after(0), perSecond: 5),
                ExpectedLoad.Step(at: after(300), perSecond: 0),
                ExpectedLoad.Step(at: after(900), perSecond: 10),
                ExpectedLoad.Step(at: after(1_200), perSecond: 0),
            ])
        for second in 0..<1_200 {
            #expect(slots.perSecond(at: after(second)) >= load.perSecond(at: after(second)))
        }
    }

    @Test("a campaign fits if all together stay within the target")
    func check() throws {
        let others = ExpectedLoad([try wave(600, at: 100)])
        let beside = CampaignCheck(try wave(300, at: 100), beside: others)
        #expect(beside.ownPeak.perSecond == 15 && beside.peak.perSecond == 45)
        #expect(beside.othersPerSecond == 30)
        #expect(beside.fits(45) && !beside.fits(44))
        let alone = CampaignCheck(try wave(300, at: 500), beside: others)
        #expect(alone.peak.perSecond == 15 && alone.othersPerSecond == 0)
        // Others alone are too many then: a handful more is not what fails.
        let handful = CampaignCheck(try wave(1, at: 100), beside: others)
        #expect(handful.fits(20))
        #expect(!CampaignCheck(try wave(50, at: 100), beside: others).fits(20))
    }

    @Test("a plan beside others stays below the target wherever they leave room")
    func plan() throws {
        let others = ExpectedLoad([
            try wave(5_000, at: 60), try wave(900, at: 180), try wave(100_000, at: 300),
        ])
        var order = WavePlan.Order(recipients: 20_000, curve: try curve(), capacity: 500)
        order.targetPercent = 100
        order.intervalSeconds = 60
        order.others = WavePlan.Order.Others(others, start: noon)
        let plan = try WavePlan(order)
        #expect(plan.waves.map(\.recipients).reduce(0, +) == 20_000)
        let own = ExpectedLoad(
            try plan.waves.map { try wave($0.recipients, at: $0.seconds) })
        for second in 0..<plan.endSeconds {
            let mine = own.perSecond(at: after(second))
            let all = others.perSecond(at: after(second))
            #expect(mine + all <= 500 * 1.000_001 || (all > 495 && mine <= 5 * 1.000_001))
        }
        let sent = Set(plan.waves.map(\.seconds))
        #expect(sent.contains(0) && sent.contains(60) && !sent.contains(300))
        let free = try WavePlan(
            {
                var order = order
                order.others = nil
                return order
            }())
        #expect(free.endSeconds < plan.endSeconds)
        order.others = WavePlan.Order.Others(ExpectedLoad([]), start: noon)
        #expect(try WavePlan(order) == free, "nobody else is as if nobody were asked for")
    }
}
