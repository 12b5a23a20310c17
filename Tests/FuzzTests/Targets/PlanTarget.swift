import Bytes
import Contract
import Foundation

/// What an operator writes down: the policy of the ladder (JSON), or a curve of responses and an
/// order for a plan of waves (binary).
///
/// A policy that is read is within its ranges and comes back; a plan sends to everybody, in order
/// of time, and stays below its target.
enum PlanTarget {
    @Sendable static func run(_ input: [UInt8]) throws {
        if input.first == UInt8(ascii: "{") {
            try checkPolicy(input)
        } else {
            try checkPlan(InputReader(input))
        }
    }

    private static func checkPolicy(_ input: [UInt8]) throws {
        let policy: Policy
        do {
            policy = try JSONDecoder().decode(Policy.self, from: Data(input))
        } catch { return }
        try require(policy.firstOutOfRange == nil, "a policy beyond its ranges")
        let json = try JSONEncoder().encode(policy)
        try require(
            try JSONDecoder().decode(Policy.self, from: json) == policy, "a policy differs")
    }

    private static func checkPlan(_ source: InputReader) throws {
        var input = source
        let recipients = UInt32(truncatingIfNeeded: input.word(bytes: 4))
        let capacity = UInt32(truncatingIfNeeded: input.word(bytes: 4))
        let base = UInt32(truncatingIfNeeded: input.word(bytes: 2))
        let interval = UInt32(truncatingIfNeeded: input.word(bytes: 4))
        let percent = UInt32(input.byte())
        let response = UInt32(truncatingIfNeeded: input.word(bytes: 2))
        var points: [ResponseCurve.Point] = []
        while !input.isAtEnd {
            points.append(
                ResponseCurve.Point(
                    seconds: UInt32(truncatingIfNeeded: input.word(bytes: 4)),
                    permille: UInt32(truncatingIfNeeded: input.word(bytes: 2))))
        }
        let curve: ResponseCurve
        do {
            curve = try ResponseCurve(responsePermille: response, points: points)
        } catch { return }
        var order = WavePlan.Order(recipients: recipients, curve: curve, capacity: capacity)
        order.base = base
        order.intervalSeconds = interval
        order.targetPercent = percent
        let plan: WavePlan
        do { plan = try WavePlan(order) } catch { return }
        try check(plan, order)
    }

    private static func check(_ plan: WavePlan, _ order: WavePlan.Order) throws {
        let sent = plan.waves.reduce(UInt64(0)) { $0 + UInt64($1.recipients) }
        try require(sent == UInt64(order.recipients), "\(sent) of \(order.recipients) are sent to")
        try require(plan.waves.first?.seconds == 0, "the first wave is late")
        try require(plan.waves.count <= WavePlan.maximumWaves, "\(plan.waves.count) waves")
        for (earlier, later) in zip(plan.waves, plan.waves.dropFirst()) {
            try require(earlier.seconds < later.seconds, "waves out of order")
        }
        for wave in plan.waves {
            try require(wave.recipients > 0, "an empty wave")
            try require(wave.seconds % Int(order.intervalSeconds) == 0, "a wave beside the grid")
        }
        try require(
            plan.peakPerSecond <= order.target * (1 + 1e-6),
            "\(plan.peakPerSecond) a second, the target is \(order.target)")
    }
}
