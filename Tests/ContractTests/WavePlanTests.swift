import TestSupport
import Testing

@testable import Contract

@Suite("Campaigns in waves")
struct WavePlanTests {
    /// Sums in another order differ in their last digits.
    private let tolerance = 1 + 2e-9

    /// Expected entries by the second, straight from the waves and the points: no cells, no turns.
    private func perSecond(_ plan: WavePlan, _ order: WavePlan.Order) -> [Double] {
        var load = Array(repeating: Double(order.base), count: plan.endSeconds)
        for wave in plan.waves {
            var from = (seconds: 0, permille: 0)
            for point in order.curve.points {
                let to = (seconds: Int(point.seconds), permille: Int(point.permille))
                let entries =
                    Double(wave.recipients) * Double(order.curve.responsePermille) / 1_000
                    * Double(to.permille - from.permille) / 1_000
                for second in from.seconds..<to.seconds {
                    load[wave.seconds + second] += entries / Double(to.seconds - from.seconds)
                }
                from = to
            }
        }
        return load
    }

    /// A curve of up to an hour, with humps and pauses.
    private func randomCurve(using random: inout SeededGenerator) -> ResponseCurve? {
        let count = Int.random(in: 1...8, using: &random)
        let seconds = Set((0..<count).map { _ in UInt32.random(in: 1...3_600, using: &random) })
        var permille = seconds.map { _ in UInt32.random(in: 0...1_000, using: &random) }.sorted()
        permille[permille.count - 1] = 1_000
        let points = zip(seconds.sorted(), permille).map {
            ResponseCurve.Point(seconds: $0, permille: $1)
        }
        let response = UInt32.random(in: 1...1_000, using: &random)
        // A curve is always made of these; the caller would see a missing one.
        return try? ResponseCurve(responsePermille: response, points: points)
    }

    /// An order whose first wave takes a part of the recipients, from all to a fiftieth.
    private func randomOrder(using random: inout SeededGenerator) throws -> WavePlan.Order {
        let curve = try #require(randomCurve(using: &random))
        let bits = UInt32.random(in: 1...31, using: &random)
        let recipients = UInt32.random(in: 1...1 << bits, using: &random)
        let parts = Double.random(in: 0.5...50, using: &random)
        let needed = Double(recipients) * curve.peakPerSecond / parts
        var order = WavePlan.Order(recipients: recipients, curve: curve, capacity: 0)
        order.targetPercent = UInt32.random(in: 1...100, using: &random)
        order.base = UInt32.random(in: 0...1_000, using: &random)
        order.intervalSeconds = UInt32.random(in: 60...1_800, using: &random)
        let capacity = (needed + Double(order.base)) * 100 / Double(order.targetPercent)
        order.capacity = UInt32(capacity.rounded(.up))
        return order
    }

    /// A plan, or `nil` where recipients are so few that rounding leaves nothing of many waves.
    private func plan(_ order: WavePlan.Order) throws -> WavePlan? {
        do throws(WavePlanError) {
            return try WavePlan(order)
        } catch {
            #expect([.roomBelowOneRecipient, .tooManyWaves, .tooLong].contains(error))
            return nil
        }
    }

    @Test(
        "everybody is sent to once, and no second of the sum is above the target",
        arguments: 0..<20 as Range<UInt64>)
    func sums(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var found = 0
        for _ in 0..<20 {
            let order = try randomOrder(using: &random)
            guard let plan = try plan(order) else { continue }
            found += 1
            #expect(plan.waves.map { UInt64($0.recipients) }.reduce(0, +) == order.recipients)
            #expect(plan.waves.first?.seconds == 0)
            #expect(plan.waves.allSatisfy { $0.recipients > 0 })
            for (wave, next) in zip(plan.waves, plan.waves.dropFirst()) {
                #expect(next.seconds - wave.seconds >= order.intervalSeconds)
            }
            let load = perSecond(plan, order)
            let peak = try #require(load.max())
            #expect(peak <= order.target * tolerance, "\(order)")
            #expect(isClose(plan.peakPerSecond, peak), "\(order)")
            #expect(load.firstIndex { isClose($0, peak) } == plan.peakSeconds, "\(order)")
            let ends = plan.waves.dropFirst().map(\.seconds) + [plan.endSeconds]
            for (wave, end) in zip(plan.waves, ends) {
                let until = load[min(wave.seconds, load.count)..<min(end, load.count)].max()
                #expect(isClose(wave.peakPerSecond, until ?? 0))
            }
            let entries = load.reduce(0, +) - Double(order.base) * Double(load.count)
            #expect(abs(entries - plan.expectedEntries) <= 1e-6 * (entries + Double(order.base)))
        }
        #expect(found >= 10, "most orders have a plan")
    }

    private func isClose(_ left: Double, _ right: Double) -> Bool {
        abs(left - right) <= 1e-9 * max(left, right)
    }

    @Test("the channels' own curves are held as well", arguments: Channel.allCases)
    func channels(channel: Channel) throws {
        for (interval, parts) in [(60, 3), (900, 4), (3_600, 8)] as [(UInt32, UInt32)] {
            var order = WavePlan.Order(
                recipients: 0, curve: channel.response.curve, capacity: 100)
            order.intervalSeconds = interval
            order.recipients = UInt32(order.room / order.curve.peakPerSecond) * parts
            let plan = try WavePlan(order)
            #expect(plan.waves.count > 1)
            #expect(try #require(perSecond(plan, order).max()) <= order.target * tolerance)
        }
    }

    @Test("where everybody fits at once, one wave does", arguments: Channel.allCases)
    func ample(channel: Channel) throws {
        let curve = channel.response.curve
        let peak = 1_000_000_000 * curve.peakPerSecond
        var order = WavePlan.Order(
            recipients: 1_000_000_000, curve: curve, capacity: UInt32(peak.rounded(.up)))
        order.targetPercent = 100
        #expect(try WavePlan(order).waves.map(\.recipients) == [1_000_000_000])
        order.capacity = UInt32(peak * 0.99)
        #expect(try WavePlan(order).waves.count > 1)
    }

    @Test(
        "more room never ends later: more capacity, a higher target, a smaller base",
        arguments: 100..<120 as Range<UInt64>)
    func monotonic(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5 {
            let order = try randomOrder(using: &random)
            var last: Int?
            for step in 0..<20 as Range<UInt32> {
                var wider = order
                wider.capacity += (order.capacity / 37 + 1) * step
                wider.targetPercent = min(100, order.targetPercent + step)
                wider.base -= min(order.base, step)
                let plan = try plan(wider)
                if let last {
                    let wave = try #require(plan, "more room has a plan if less has: \(wider)")
                    #expect(wave.lastSeconds <= last, "\(wider)")
                }
                last = plan?.lastSeconds ?? last
            }
        }
    }

    /// The last turn that a plan on the same grid can do with, for twice and five times as many
    /// recipients as fit at once: the fewest turns for which the linear program "maximise the
    /// recipients; no cell holds more than the room" reaches them (HiGHS, in SciPy 1.17).
    @Test(
        "no plan on the same grid is done sooner",
        arguments: [
            (Channel.email, 4, 19), (.sms, 2, 6), (.television, 1, 4), (.radio, 1, 4),
            (.social, 10, 42), (.display, 4, 16), (.press, 16, 76), (.other, 2, 9),
        ])
    func best(channel: Channel, twice: Int, fiveTimes: Int) throws {
        for (parts, last) in [(2, twice), (5, fiveTimes)] as [(UInt32, Int)] {
            var order = WavePlan.Order(
                recipients: 0, curve: channel.response.curve, capacity: 100)
            order.recipients = UInt32(order.room / order.curve.peakPerSecond) * parts
            #expect(try WavePlan(order).lastSeconds == last * 900)
        }
    }

    @Test("as many recipients as a number holds, at once and in waves")
    func maximum() throws {
        let curve = Channel.television.response.curve
        var order = WavePlan.Order(recipients: .max, curve: curve, capacity: .max)
        #expect(try WavePlan(order).waves.map(\.recipients) == [.max])
        order.capacity = 100_000
        let plan = try WavePlan(order)
        #expect(plan.waves.map { UInt64($0.recipients) }.reduce(0, +) == UInt64(UInt32.max))
        #expect(plan.peakPerSecond <= order.target * tolerance)
        #expect(plan.participantsToNotice() == 85_899_346)
        #expect(plan.participantsToNotice(beside: Double(UInt32.max)) == UInt32.max)
    }

    @Test("what cannot be planned is refused with its reason")
    func refused() throws {
        let curve = try ResponseCurve(
            responsePermille: 1_000, points: [.init(seconds: 1, permille: 1_000)])
        let possible = WavePlan.Order(recipients: 10, curve: curve, capacity: 10)
        #expect(try WavePlan(possible).waves.map(\.recipients) == [7, 3])
        func refusal(_ change: (inout WavePlan.Order) -> Void) -> WavePlanError? {
            var order = possible
            change(&order)
            return #expect(throws: WavePlanError.self) { try WavePlan(order) }
        }
        #expect(refusal { $0.recipients = 0 } == .nobody)
        #expect(refusal { $0.targetPercent = 0 } == .targetOutOfRange)
        #expect(refusal { $0.targetPercent = 101 } == .targetOutOfRange)
        #expect(refusal { $0.intervalSeconds = 59 } == .intervalOutOfRange)
        #expect(refusal { $0.intervalSeconds = 604_801 } == .intervalOutOfRange)
        #expect(refusal { $0.base = 7 } == .noRoom)
        #expect(refusal { $0.base = 8 } == .noRoom)
        #expect(refusal { $0.capacity = 0 } == .noRoom)
        #expect(refusal { $0.capacity = 1 } == .roomBelowOneRecipient)
        #expect(refusal { $0.recipients = 7_001 } == .tooManyWaves)
        #expect(refusal { ($0.recipients, $0.intervalSeconds) = (36, 604_800) } == .tooLong)
    }

    @Test("a notice is asked for beyond its limit, not at it (C2)")
    func declarations() throws {
        let curve = try ResponseCurve(
            responsePermille: 500, points: [.init(seconds: 3_600, permille: 1_000)])
        func notice(_ recipients: UInt32, beside: Double = 0) throws -> UInt32? {
            try WavePlan(.init(recipients: recipients, curve: curve, capacity: 1_000))
                .participantsToNotice(beside: beside)
        }
        #expect(try notice(100_000) == nil)
        #expect(try notice(100_001) == 50_001)
        #expect(try notice(60_000, beside: 20_000) == nil, "of both together, at the limit")
        #expect(try notice(60_000, beside: 20_000.5) == 50_001)
    }
}
