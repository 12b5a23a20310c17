import Availability
import Foundation
import Testing

@Suite("When a minute is accessible, by what probes found")
struct MinuteRuleTests {
    private func tally(_ attempts: UInt32, failed: UInt32 = 0, slow: UInt32 = 0) throws
        -> ProbeTally
    {
        try #require(ProbeTally(attempts: attempts, failed: failed, slow: slow))
    }

    private func state(_ attempts: UInt32, failed: UInt32 = 0, slow: UInt32 = 0) throws
        -> MinuteState
    {
        MinuteRule.standard.state(of: try tally(attempts, failed: failed, slow: slow))
    }

    @Test("5 % may fail or be slow, more may not")
    func share() throws {
        #expect(try state(60) == .accessible)
        #expect(try state(60, failed: 3) == .accessible)
        #expect(try state(60, failed: 4) == .notAccessible)
        #expect(try state(60, slow: 4) == .notAccessible)
        #expect(try state(60, failed: 2, slow: 2) == .notAccessible)
        #expect(try state(100, failed: 5) == .accessible)
        #expect(try state(100, failed: 5, slow: 1) == .notAccessible)
    }

    @Test("A probe that was away measured nothing; unmeasured is not up")
    func missing() throws {
        #expect(try state(0) == .unmeasured)
        #expect(try state(29) == .unmeasured)
        #expect(try state(30) == .accessible)
        #expect(try state(40, failed: 3) == .notAccessible)
        #expect(try state(29, failed: 3) == .unmeasured)
    }

    /// Attempts that each wait ten seconds for an answer are six a minute.
    @Test("A probe whose few attempts all time out measured an outage")
    func timeouts() throws {
        #expect(try state(6, failed: 6) == .notAccessible)
        #expect(try state(4, failed: 4) == .notAccessible)
        #expect(try state(3, failed: 3) == .unmeasured)
    }

    /// Five minutes of an attempt a second; those of 90 seconds from a second of the second minute
    /// on are missing, or fail.
    private func states(from start: Int, isMissing: Bool) throws -> [MinuteState] {
        let gap = 60 + start..<60 + start + 90
        return try (0..<5).map { minute in
            let hit = (minute * 60..<minute * 60 + 60).clamped(to: gap).count
            return isMissing
                ? try state(UInt32(60 - hit)) : try state(60, failed: UInt32(hit))
        }
    }

    @Test("A probe that is away for 90 s leaves 1 or 2 minutes unmeasured, whenever that is")
    func probeAway() throws {
        for start in 0..<60 {
            let states = try states(from: start, isMissing: true)
            #expect((1...2).contains(states.count { $0 == .unmeasured }))
            #expect(!states.contains(.notAccessible))
        }
    }

    @Test("90 s of outage are 2 or 3 minutes: more than 3 s of a minute make it one")
    func outage() throws {
        for start in 0..<60 {
            let states = try states(from: start, isMissing: false)
            let expected = (34..<57).contains(start) ? 3 : 2
            #expect(states.count { $0 == .notAccessible } == expected)
            #expect(!states.contains(.unmeasured))
        }
    }

    @Test("Several probes: the majority of those that measured it, and none is flattered by a tie")
    func majority() throws {
        let rule = MinuteRule.standard
        #expect(rule.state(of: [.accessible, .accessible, .notAccessible]) == .accessible)
        #expect(rule.state(of: [.accessible, .notAccessible, .notAccessible]) == .notAccessible)
        #expect(rule.state(of: [.accessible, .notAccessible]) == .notAccessible)
        #expect(rule.state(of: [.accessible, .unmeasured, .unmeasured]) == .accessible)
        #expect(rule.state(of: [.unmeasured, .unmeasured]) == .unmeasured)
        #expect(rule.state(of: []) == .unmeasured)
        let two = try #require(MinuteRule(minimumProbes: 2))
        #expect(two.state(of: [.accessible, .unmeasured, .unmeasured]) == .unmeasured)
        #expect(two.state(of: [.accessible, .unmeasured, .accessible]) == .accessible)
    }

    @Test("A client's minute is lost where its own entries were refused for lack of room")
    func room() {
        let rule = MinuteRule.standard
        #expect(!rule.lacksRoom(refused: 0, of: 0))
        #expect(!rule.lacksRoom(refused: 5, of: 100))
        #expect(rule.lacksRoom(refused: 6, of: 100))
        #expect(rule.lacksRoom(refused: 1, of: 1))
        #expect(!rule.lacksRoom(refused: 0, of: .max))
        #expect(rule.lacksRoom(refused: .max, of: .max))
    }

    @Test("A rule or a tally that makes no sense is refused, from JSON too")
    func refusals() throws {
        #expect(ProbeTally(attempts: 3, failed: 2, slow: 2) == nil)
        #expect(ProbeTally(attempts: .max, failed: .max, slow: .max) == nil)
        #expect(MinuteRule(maximumBadPercent: 100) == nil)
        #expect(MinuteRule(slowMilliseconds: 0) == nil)
        #expect(MinuteRule(expectedAttempts: 0) == nil)
        #expect(MinuteRule(expectedAttempts: 10, minimumAttempts: 11) == nil)
        #expect(MinuteRule(minimumProbes: 0) == nil)
        #expect(MinuteRule(minimumProbes: MinuteRule.maximumProbes + 1) == nil)
        let text = #"{"attempts":1,"failed":1,"slow":1}"#
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(ProbeTally.self, from: Data(text.utf8))
        }
        let rule = try #require(MinuteRule(maximumBadPercent: 1, minimumProbes: 3))
        let data = try JSONEncoder().encode(rule)
        #expect(try JSONDecoder().decode(MinuteRule.self, from: data) == rule)
    }
}
