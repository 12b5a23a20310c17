import Foundation
import Testing

@testable import Robots

@Suite struct RecentWeightTests {
    /// Beside the C library's exponential: short times and long ones are reckoned in two ways.
    @Test func halfOfItCountsAfterEachMinute() {
        let times: [UInt32] = [0, 1, 7, 100, 1_999, 2_000, 2_001, 2_002, 30_000, 60_000, 600_000]
        for elapsed in times {
            let exact = exp2(-Double(elapsed) / RecentWeight.halfLifeMilliseconds)
            let found = Double(RecentWeight.after(from: .max - 5, to: elapsed &+ .max &- 5))
            #expect(abs(found - exact) < 0.001 * exact, "\(elapsed) ms")
        }
    }

    @Test func neverMoreThanBefore() {
        var before: Float = 1
        for elapsed in UInt32(0)..<5_000 {
            let weight = RecentWeight.after(from: 0, to: elapsed)
            #expect(weight <= before + 0.000_1)
            before = weight
        }
    }

    @Test func aTimeBeforeTheLastCountsAsTheSameAndDaysAsNone() {
        #expect(RecentWeight.after(from: 10, to: 5) == 1)
        #expect(RecentWeight.after(from: 0, to: 24 * 60_000) == 0)
    }
}
