import Testing

@testable import Gateway

@Suite("What portillon_shed_total counts of connections")
struct ShedClassTests {
    @Test("every refusal, end and handshake that lacks room, on either listener, and nothing else")
    func sums() throws {
        let instruments = try Bench([]).shared.instruments
        var expected: [ShedClass: UInt64] = [:]
        // Different counts, so that none stands for another.
        var times: UInt64 = 0
        func count(_ shed: ShedClass?, _ one: () -> Void) {
            times += 1
            for _ in 0..<times { one() }
            if let shed { expected[shed, default: 0] += times }
        }
        for kind in ListenerKind.allCases {
            for refusal in ConnectionRefusal.allCases {
                count(refusal.shedClass) { instruments.count(refusal, kind, lane: 0) }
            }
            for limit in ConnectionLimit.allCases {
                count(limit.shedClass) { instruments.count(limit, kind, lane: 0) }
            }
            for result in HandshakeResult.allCases {
                count(result.shedClass) { instruments.count(result, kind, lane: 0) }
            }
        }
        for shed in ShedClass.allCases {
            #expect(instruments.shed(shed) == expected[shed], "\(shed)")
        }
    }

    @Test("a handshake without memory is one, and so are a displaced connection and no descriptor")
    func classes() {
        #expect(HandshakeResult.noRoom.shedClass == .handshake)
        #expect(HandshakeResult.refused.shedClass == .handshake)
        #expect(ConnectionLimit.memory.shedClass == .requestMemory)
        #expect(ConnectionLimit.displaced.shedClass == .connection)
        #expect(ConnectionRefusal.allCases.allSatisfy { $0.shedClass == .connection })
        // The peer had its time.
        #expect(ConnectionLimit.idle.shedClass == nil && ConnectionLimit.write.shedClass == nil)
        #expect(HandshakeResult.timedOut.shedClass == nil)
        #expect(HandshakeResult.full13.shedClass == nil)
    }

    @Test("challenges that are used up are counted as such, and not as the platform's failure")
    func challenges() {
        #expect(MissingRoom(.challengesUsedUp) == .challenges)
        #expect(RefusalCause(.challengesUsedUp) == .challengesUsedUp)
        #expect("\(MissingRoom.challenges.label)" == "challenge")
    }
}
