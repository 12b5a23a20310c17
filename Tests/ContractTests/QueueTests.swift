import TestSupport
import Testing

@testable import Contract

@Suite("The queue is honest: no place is lost, no turn is put off (C4)")
struct QueueTests {
    private static let crowds: [(Int, UInt32)] = [
        (450, 5), (600, 10), (30, 2), (1_200, 20), (20, 1), (3_000, 10_000),
    ]

    private func expectHonest(
        _ queue: SimulatedQueue, pace: UInt32, _ comment: Comment,
        _ isCounted: (SimulatedQueue.Participant) -> Bool = { _ in true }
    ) {
        let beyond = queue.longestBeyondIdeal(pace: Int64(pace), isCounted)
        #expect(beyond <= 3_000, comment)
        #expect(queue.disorder(beyond: 1_000) <= 0.005, comment)
        #expect(queue.steppedBack.isEmpty, comment)
        #expect(queue.mostAdmitted(within: 10_000) <= 12 * Int(pace) + 1, comment)
    }

    private func length(_ people: Int, _ pace: UInt32) -> Int64 {
        Int64(people) * 1_000 / Int64(pace) + 5_000
    }

    @Test(
        "a crowd within 0.2 s: everybody is let in when the pace says, in order",
        arguments: Self.crowds)
    func burst(people: Int, pace: UInt32) {
        var queue = SimulatedQueue(pace: pace, seed: 1)
        queue.add(people, within: 200)
        queue.run(until: length(people, pace))
        expectHonest(queue, pace: pace, "\(people) at \(pace)")
        #expect(queue.answers < people * 12, "\(queue.answers) requests")
        #expect(queue.records < 60 + Int(length(people, pace)) / 500, "\(queue.records) records")
    }

    @Test("half of them come late, or at whole seconds: the same", arguments: Self.crowds)
    func unpunctual(people: Int, pace: UInt32) {
        var queue = SimulatedQueue(pace: pace, seed: 2)
        queue.add(people, within: 200) {
            $0 % 4 == 0 ? .late : $0 % 4 == 1 ? .wholeSeconds : .punctual
        }
        queue.run(until: length(people, pace))
        expectHonest(queue, pace: pace, "\(people) at \(pace)")
    }

    @Test("a restart in the middle, from what was on record: the same", arguments: Self.crowds)
    func restart(people: Int, pace: UInt32) {
        var queue = SimulatedQueue(pace: pace, seed: 3)
        queue.add(people, within: 200)
        queue.run(until: length(people, pace) / 2)
        queue.restart(pace: pace, afterMilliseconds: 1_700)
        queue.run(until: queue.now + 10)
        queue.restart(pace: pace, afterMilliseconds: 400)
        queue.run(until: length(people, pace) + 20_000)
        let comment: Comment = "\(people) at \(pace)"
        let beyond = queue.longestBeyondIdeal(pace: Int64(pace)) { _ in true }
        #expect(beyond <= 3_000 + 2_100, comment)
        #expect(queue.disorder(beyond: 1_000) <= 0.005, comment)
        #expect(queue.steppedBack.isEmpty, comment)
    }

    @Test("numbers given before a restart are not given again")
    func numbersAfterRestart() throws {
        for people in [1, 17, 200, 5_000] {
            var queue = SimulatedQueue(pace: 5, seed: UInt64(people))
            queue.add(people, within: 200)
            queue.run(until: 210)
            let before = queue.turnstile
            queue.restart(pace: 5, afterMilliseconds: 50)
            #expect(queue.turnstile.issued >= before.issued)
            #expect(queue.turnstile.called >= before.called)
            #expect(queue.turnstile.epoch == before.epoch)
            #expect(queue.turnstile.issued <= before.issued + max(UInt64(people) / 8, 16))
        }
    }

    @Test("after a long absence whoever waited is called, and goes before newcomers")
    func longAbsence() throws {
        var queue = SimulatedQueue(pace: 5, seed: 4)
        queue.add(100, within: 200)
        queue.run(until: 2_000)
        queue.restart(pace: 5, afterMilliseconds: 600_000)
        var turnstile = queue.turnstile
        #expect(turnstile.waiting == 0)
        let start = queue.now
        _ = turnstile.arrive(at: start)
        guard case .waiting(let place) = turnstile.arrive(with: 60, at: start) else {
            Issue.record("the first token is taken")
            return
        }
        #expect(place.position == 0 && place.number == 60)
        guard case .waiting(let newcomer) = turnstile.arrive(at: start) else {
            Issue.record("a newcomer waits behind those who were called")
            return
        }
        #expect(newcomer.number > 100)
        #expect(turnstile.arrive(with: 60, at: start + 200) == .admitted)
    }

    @Test("who comes again and again gains nothing, with a ticket or without")
    func hammering() {
        var queue = SimulatedQueue(pace: 20, seed: 5)
        queue.add(600, within: 200) { $0 % 3 == 0 ? .hammering(50) : .punctual }
        queue.run(until: length(600, 20))
        expectHonest(queue, pace: 20, "with a ticket")
        var turnstile = Turnstile(perSecond: 10, epoch: 1, at: 0)
        for _ in 0..<200 { _ = turnstile.arrive(at: 0) }
        for time in stride(from: Int64(0), to: 5_000, by: 10) {
            if case .waiting(let place) = turnstile.arrive(at: time) {
                #expect(place.position > 100, "without one: behind all that have come")
            }
        }
    }

    @Test("those who stay away cost nothing: the others are let in as if they had not come")
    func absent() {
        var queue = SimulatedQueue(pace: 10, seed: 6)
        queue.add(600, within: 200) { $0 % 3 == 0 ? .gone : .punctual }
        queue.run(until: 60_000)
        let beyond = queue.longestBeyondIdeal(pace: 10) {
            if case .gone = $0.habit { false } else { true }
        }
        #expect(beyond <= 3_000, "\(beyond)")
        #expect(queue.steppedBack.isEmpty, "\(queue.steppedBack.prefix(3))")
    }

    @Test("one that was passed over goes before all that are not called, the lowest first")
    func returned() {
        var turnstile = Turnstile(perSecond: 1, epoch: 1, at: 0)
        _ = turnstile.arrive(at: 0)
        var retries: [Int64] = []
        for _ in 1...20 {
            guard case .waiting(let place) = turnstile.arrive(at: 0) else { continue }
            retries.append(place.retryAfterMilliseconds)
        }
        // The first two stay away for long; the third comes and takes its turn.
        for time in stride(from: Int64(100), to: 9_000, by: 100) {
            for number in 3...20 as ClosedRange<UInt64> where time % 500 == 0 {
                _ = turnstile.arrive(with: number, at: time)
            }
            turnstile.advance(to: time)
        }
        let called = turnstile.called
        #expect(called >= 9, "two were passed over")
        #expect(turnstile.arrive(with: 2, at: 9_001) != .full)
        #expect(turnstile.arrive(with: 1, at: 9_002) != .full)
        var order: [UInt64] = []
        for time in 9_003...12_000 as ClosedRange<Int64> where order.count < 2 {
            for number in [2, 1] as [UInt64] where !order.contains(number) {
                if turnstile.arrive(with: number, at: time) == .admitted { order.append(number) }
            }
        }
        #expect(order == [1, 2])
        #expect(turnstile.called <= called + 1, "they went first")
    }

    @Test("a pace that changes several times a second keeps order and places")
    func changingPace() {
        var random = SeededGenerator(seed: 7)
        var queue = SimulatedQueue(pace: 20, seed: 7)
        queue.isPaceChanging = true
        queue.add(1_000, within: 200)
        var total = 0.0
        while queue.admitted < 1_000, queue.now < 120_000 {
            let pace = UInt32.random(in: 5...60, using: &random)
            queue.turnstile.setPace(pace, at: queue.now)
            queue.run(until: queue.now + 250)
            total += Double(pace) / 4
        }
        #expect(queue.admitted == 1_000)
        #expect(queue.disorder(beyond: 5_000) <= 0.01, "\(queue.disorder(beyond: 5_000))")
        #expect(queue.steppedBack.isEmpty, "\(queue.steppedBack.prefix(3))")
        // All that the paces have given was used, but for the last few seconds.
        #expect(total < 1_000 + 4 * 60, "\(total)")
    }

    @Test("a pace that is raised a hundredfold: whoever is away is let in at the next return")
    func raisedPace() {
        var queue = SimulatedQueue(pace: 5, seed: 8)
        queue.isPaceChanging = true
        queue.add(450, within: 200)
        queue.run(until: 20_000)
        queue.turnstile.setPace(500, at: 20_000)
        queue.run(until: 33_000)
        #expect(queue.admitted == 450)
        #expect(queue.steppedBack.isEmpty, "\(queue.steppedBack.prefix(3))")
    }

    @Test("a pace that is high for a moment gives no more than it is worth")
    func highForAMoment() {
        var queue = SimulatedQueue(pace: 10, seed: 9)
        queue.isPaceChanging = true
        queue.add(3_000, within: 200)
        queue.run(until: 10_000)
        queue.turnstile.setPace(1_000, at: queue.now)
        queue.run(until: queue.now + 300)
        queue.turnstile.setPace(10, at: queue.now)
        queue.run(until: queue.now + 20_000)
        let given = 10 * 10 + 300 + 10 * 20
        #expect((given - 40...given + 2).contains(queue.admitted), "\(queue.admitted)")
        #expect(queue.steppedBack.isEmpty, "\(queue.steppedBack.prefix(3))")
    }

    @Test("while the operation is suspended nobody is late; a pace that is lifted calls everybody")
    func pauses() {
        var turnstile = Turnstile(perSecond: 1, epoch: 1, at: 0)
        for _ in 0...10 { _ = turnstile.arrive(at: 0) }
        turnstile.pause(at: 500)
        #expect(turnstile.nextCall == nil)
        turnstile.advance(to: 900_000)
        #expect(turnstile.waiting == 10)
        turnstile.resume(at: 900_000)
        turnstile.advance(to: 901_000)
        #expect(turnstile.waiting == 9, "it goes on where it stood")
        #expect(turnstile.arrive(with: 1, at: 905_000) == .admitted)
        turnstile.callAll(at: 906_000)
        #expect(turnstile.waiting == 0)
        turnstile.setPace(1, at: 950_000)
        turnstile.resume(at: 950_000)
        _ = turnstile.arrive(with: 9, at: 950_000)
        guard case .waiting(let newcomer) = turnstile.arrive(at: 950_001) else { return }
        #expect(newcomer.number == 11, "the numbers go on, behind those who were called")
    }
}
