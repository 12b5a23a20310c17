import Foundation
import TestSupport
import Testing

@testable import Contract

@Suite("The turnstile: first come, first served, at a pace (C4)")
struct TurnstileTests {
    private func turnstile(_ perSecond: UInt32) -> Turnstile {
        Turnstile(perSecond: perSecond, epoch: 1, at: 0)
    }

    private func number(_ admission: Turnstile.Admission) -> UInt64? {
        if case .waiting(let place) = admission { place.number } else { nil }
    }

    @Test("who comes no faster than the pace never waits")
    func slow() {
        var turnstile = turnstile(10)
        for time in stride(from: Int64(0), to: 100_000, by: 100) {
            #expect(turnstile.arrive(at: time) == .admitted)
        }
    }

    @Test("a crowd is given numbers in order, and the estimates follow from the pace")
    func crowd() {
        var turnstile = turnstile(10)
        #expect(turnstile.arrive(at: 0) == .admitted)
        for expected in 1...100 {
            guard case .waiting(let place) = turnstile.arrive(at: 0) else {
                Issue.record("the crowd waits")
                return
            }
            #expect(place.number == UInt64(expected))
            #expect(place.position == UInt64(expected - 1))
            #expect(place.estimateMilliseconds == Int64(expected) * 100 + 1_000)
            #expect((100...11_000).contains(place.retryAfterMilliseconds))
            #expect(place.retryAfterMilliseconds <= place.estimateMilliseconds)
        }
    }

    @Test("a number is called when its time has come, works once, and a newcomer stands behind it")
    func called() {
        var turnstile = turnstile(10)
        _ = turnstile.arrive(at: 0)
        let first = number(turnstile.arrive(at: 0))
        #expect(first == 1)
        #expect(number(turnstile.arrive(with: 1, at: 50)) == 1, "too early: the same place")
        #expect(number(turnstile.arrive(at: 50)) == 2)
        #expect(turnstile.arrive(with: 1, at: 100) == .admitted)
        #expect(number(turnstile.arrive(with: 1, at: 100)) == 3, "used: as a newcomer")
        #expect(turnstile.arrive(with: 2, at: 200) == .admitted)
    }

    @Test("a number is valid from its issue until it is used, also while there is no pace")
    func valid() {
        var turnstile = turnstile(10)
        for _ in 0...3 { _ = turnstile.arrive(at: 0) }
        #expect((0...5).map { turnstile.isValid($0) } == [false, true, true, true, false, false])
        #expect(turnstile.arrive(with: 1, at: 100) == .admitted)
        #expect(!turnstile.isValid(1))
        turnstile.callAll(at: 200)
        #expect(turnstile.isValid(2) && turnstile.isValid(3))
        turnstile.use(2)
        turnstile.use(2)
        turnstile.use(99)
        #expect(!turnstile.isValid(2) && turnstile.isValid(3))
        turnstile.resume(at: 300)
        // What was held for it is free for others; it is a newcomer's number now.
        #expect(turnstile.arrive(with: 3, at: 1_000) == .admitted)
        #expect(turnstile.arrive(with: 2, at: 1_000) == .admitted)
        #expect(turnstile.heldTokens == 0)
    }

    @Test("a number that was never issued, or has expired, is worth nothing")
    func worthless() {
        var turnstile = turnstile(10)
        _ = turnstile.arrive(at: 0)
        _ = turnstile.arrive(at: 0)
        #expect(number(turnstile.arrive(with: 0, at: 0)) == 2)
        #expect(number(turnstile.arrive(with: 99, at: 0)) == 3)
        #expect(number(turnstile.arrive(with: .max, at: 0)) == 4)
        // All are called within a second, and expire two minutes later.
        turnstile.advance(to: 1_000)
        for time in stride(from: Int64(1_100), through: 122_000, by: 100) {
            turnstile.advance(to: time)
        }
        #expect(turnstile.hasExpired(4))
        // What has expired takes no precedence over those who wait.
        while turnstile.waiting == 0 { _ = turnstile.arrive(at: 122_000) }
        #expect((number(turnstile.arrive(with: 1, at: 122_000)) ?? 0) > 4)
    }

    @Test("a pace that is changed holds from then on")
    func change() {
        var turnstile = turnstile(10)
        for _ in 0..<1_000 { _ = turnstile.arrive(at: 0) }
        turnstile.setPace(100, at: 1_000)
        let before = turnstile.called
        turnstile.advance(to: 2_000)
        #expect(turnstile.called - before >= 100)
    }

    @Test("those who come all at once when they are called are let in within moments, not at once")
    func burst() {
        var turnstile = turnstile(1_000)
        turnstile.setPace(1_000, spreadingBursts: true, at: 0)
        for _ in 0...1_500 { _ = turnstile.arrive(at: 0) }
        turnstile.advance(to: 2_000)
        #expect(turnstile.waiting == 0)
        var coming: [Int64: [UInt64]] = [2_000: Array(1...1_500)]
        var admitted: [Int64: Int] = [:]
        for time in Int64(2_000)..<4_000 {
            for number in coming.removeValue(forKey: time) ?? [] {
                switch turnstile.arrive(with: number, at: time) {
                case .admitted: admitted[time / 100, default: 0] += 1
                case .waiting(let place):
                    #expect(place.number == number && place.position == 0, "it keeps its place")
                    coming[time + place.retryAfterMilliseconds, default: []].append(number)
                case .full: Issue.record("there is room")
                }
            }
        }
        #expect(admitted.values.allSatisfy { $0 <= 160 }, "a tenth of a second's, and a burst")
        #expect(admitted.values.reduce(0, +) == 1_500, "a twentieth faster than the pace")
    }

    /// One who waits, as a patient browser does.
    private struct Client {
        var arrived: Int64
        var estimate: Int64
        var number: UInt64?
        var returns: Int64
        var staysAway: Bool
    }

    /// Poisson arrivals at `demand` a second for a minute; who waits comes back when told, but for
    /// a share that never does.
    private func run(pace: UInt32, demand: Double, abandoning: Double, seed: UInt64) -> Outcome {
        var random = SeededGenerator(seed: seed)
        var turnstile = turnstile(pace)
        var waiting: [Int64: [Client]] = [:]
        var outcome = Outcome()
        var nextArrival = 0.0
        for time in Int64(0)..<60_000 {
            var present = waiting.removeValue(forKey: time) ?? []
            while nextArrival <= Double(time) {
                let stays = Double.random(in: 0..<1, using: &random) < abandoning
                present.append(
                    Client(arrived: time, estimate: 0, number: nil, returns: 0, staysAway: stays))
                nextArrival += -1_000 / demand * log(Double.random(in: 1e-12..<1, using: &random))
            }
            for var client in present {
                let admission =
                    client.number.map { turnstile.arrive(with: $0, at: time) }
                    ?? turnstile.arrive(at: time)
                switch admission {
                case .admitted:
                    outcome.admitted += 1
                    outcome.order.append(client.number ?? turnstile.issued)
                    let isFirst = client.number == nil
                    let wait = time - client.arrived
                    if !isFirst, Double(wait) > Double(client.estimate) * 1.2 { outcome.late += 1 }
                case .waiting(let place):
                    if client.number == nil {
                        client.estimate = place.estimateMilliseconds
                        if client.staysAway { continue }
                    }
                    client.number = place.number
                    // A person is not as punctual as a clock.
                    let back = place.retryAfterMilliseconds
                    client.returns = time + back + Int64.random(in: 1...100, using: &random)
                    waiting[client.returns, default: []].append(client)
                case .full: outcome.full += 1
                }
            }
        }
        outcome.issued = turnstile.issued
        return outcome
    }

    private struct Outcome {
        var admitted = 0
        var late = 0
        var full = 0
        var issued: UInt64 = 0
        /// Numbers in the order in which they were let in.
        var order: [UInt64] = []
    }

    @Test(
        "ten times the demand, a third abandoned: the pace holds, the order too, nobody is late",
        arguments: [1, 2, 3, 4, 5] as [UInt64])
    func bar(seed: UInt64) {
        let outcome = run(pace: 100, demand: 1_000, abandoning: 1.0 / 3, seed: seed)
        #expect((5_880...6_120).contains(outcome.admitted), "\(outcome.admitted)")
        let disorder = outcome.order.disorder()
        #expect(disorder < 0.01, "\(disorder)")
        #expect(outcome.late == 0)
        #expect(outcome.full == 0)
    }

    @Test(
        "whatever the share of those who stay away, the pace holds",
        arguments: [0, 0.1, 0.5, 0.8, 1])
    func abandoned(share: Double) {
        let outcome = run(pace: 100, demand: 1_000, abandoning: share, seed: 9)
        #expect((5_880...6_120).contains(outcome.admitted), "\(outcome.admitted)")
    }

    @Test("one that time only reaches when somebody comes, or a number's turn does, holds its pace")
    func seldomAdvanced() {
        // A crowd now and then, long pauses in between.
        var random = SeededGenerator(seed: 4)
        var turnstile = turnstile(10)
        var waiting: [Int64: [UInt64]] = [:]
        var admitted: [Int64] = []
        for time in Int64(0)..<300_000 {
            if let next = turnstile.nextCall, next <= time { turnstile.advance(to: time) }
            var numbers: [UInt64?] = waiting.removeValue(forKey: time) ?? []
            if time % 60_000 == 0 { numbers += [UInt64?](repeating: nil, count: 100) }
            for number in numbers {
                let admission =
                    number.map { turnstile.arrive(with: $0, at: time) }
                    ?? turnstile.arrive(at: time)
                switch admission {
                case .admitted: admitted.append(time)
                case .full: Issue.record("a hundred fit")
                case .waiting(let place):
                    let back = place.retryAfterMilliseconds + Int64(random.next() % 50)
                    waiting[time + back, default: []].append(place.number)
                }
            }
        }
        #expect(admitted.count == 500, "all that came are let in")
        // Two seconds' worth at once at most, then ten a second.
        for (index, time) in admitted.enumerated() {
            let within = admitted[index...].prefix { $0 < time + 1_000 }.count
            #expect(within <= 31, "\(within) in the second from \(time)")
        }
        #expect(turnstile.nextCall == nil)
    }

    @Test("so many wait that a number would be worth nothing")
    func full() {
        // An hour's worth.
        var slow = turnstile(1)
        for _ in 0...3_600 { #expect(slow.arrive(at: 0) != .full) }
        #expect(slow.isFull)
        #expect(slow.arrive(at: 0) == .full)
        #expect(number(slow.arrive(with: 3_600, at: 0)) == 3_600, "who has a number keeps it")
        var fast = turnstile(1_000_000)
        for _ in 0...Turnstile.maximumWaiting { _ = fast.arrive(at: 0) }
        #expect(fast.arrive(at: 0) == .full)
    }
}
