import Contract
import Ledger
import Testing
import Time

@testable import Gateway

/// The bars of an honest queue, through the real sequencer, log and fold (C4).
@Suite("A queue in virtual time, over restarts too")
struct QueueTests {
    @Test(
        "a crowd within 0.2 s: the pace holds for everybody, in order, and nothing told goes back",
        arguments: [[450, 5], [600, 10], [30, 2], [1_200, 20]], [false, true])
    func crowd(_ crowd: [Int], isRestarted: Bool) throws {
        let (people, pace) = (crowd[0], crowd[1])
        let world = try QueueWorld()
        try world.gateway.decide(
            .operation(.setPace(operation: "ete", perSecond: UInt32(pace), note: nil)))
        world.add(people, withinMilliseconds: 200)
        let length = people * 1_000 / pace + 6_000
        try world.run(milliseconds: length / 2)
        if isRestarted { try world.restart(afterMilliseconds: 1_500) }
        try world.run(milliseconds: length / 2 + (isRestarted ? 4_000 : 0))
        let away: Int64 = isRestarted ? 1_500 : 0
        #expect(world.people.allSatisfy { $0.admitted != nil })
        #expect(world.longestBeyondIdeal(pace: pace) <= 3_000 + away)
        #expect(world.disorder <= 0.005, "\(world.disorder)")
        #expect(world.steppedBack.isEmpty, "\(world.steppedBack.prefix(3))")
        if let difference = try world.gateway.difference(fromReplayOf: world.disk) {
            Issue.record("a replay differs in \(difference)")
        }
    }

    @Test("before a shuffled start everybody has one place; the order is the seed's, and recorded")
    func shuffledStart() throws {
        for isRestarted in [false, true] {
            let world = try QueueWorld(opensInMilliseconds: 20_000)
            try world.gateway.decide(
                .operation(.setPace(operation: "ete", perSecond: 10, note: nil)))
            world.add(200, withinMilliseconds: 10_000)
            try world.run(milliseconds: 12_000)
            #expect(world.people.allSatisfy { $0.admitted == nil && $0.epoch != 0 })
            // Whoever comes again without a ticket has the same place.
            let places = world.people.map(\.ticket)
            #expect(Set(places).count == 200)
            world.comeWithoutTickets()
            try world.run(milliseconds: 2_000)
            #expect(world.people.map(\.ticket) == places)
            if isRestarted { try world.restart(afterMilliseconds: 1_000) }
            world.add(50, withinMilliseconds: 3_000, startingAfter: 7_000)
            try world.run(milliseconds: 40_000)
            #expect(world.people.allSatisfy { $0.admitted != nil })
            let draw = try #require(world.gateway.catalogue.operation("ete")?.queue.draw)
            let shuffle = try #require(draw.shuffle)
            #expect(shuffle.count >= 200 && shuffle.count < 250)
            // Those who came before go first, in the order of the seed, whenever they came.
            let order = world.people[..<200].indices.sorted {
                shuffle.place(of: places[$0] - 1) < shuffle.place(of: places[$1] - 1)
            }
            let times = order.compactMap { world.people[$0].admitted }
            let latest = try #require(times.max())
            #expect(latest <= world.opening + 20_000 + 5_000)
            let wrong = zip(times, times.dropFirst()).count { $0 > $1 + 1_500 }
            #expect(wrong <= 2, "\(wrong)")
            let mean = times[..<100].reduce(0, +) / 100
            #expect(mean < times[100...].reduce(0, +) / 100)
            let newcomers = world.people[200...].compactMap(\.admitted)
            #expect(newcomers.min().map { $0 > latest - 3_000 } == true)
            #expect(world.steppedBack.isEmpty, "\(world.steppedBack.prefix(3))")
            if let difference = try world.gateway.difference(fromReplayOf: world.disk) {
                Issue.record("a replay differs in \(difference)")
            }
        }
    }

    @Test("a first-come start refuses whoever comes before it")
    func firstCome() throws {
        let world = try QueueWorld(opensInMilliseconds: 5_000, start: .firstCome)
        world.add(3, withinMilliseconds: 100)
        try world.run(milliseconds: 1_000)
        #expect(world.verdicts == [.notOpen: 3])
    }

    @Test("a suspension, and a pace that is lifted for a moment, cost nobody the place")
    func interruptions() throws {
        let world = try QueueWorld()
        let pace = { (perSecond: UInt32?) in
            try world.gateway.decide(
                .operation(.setPace(operation: "ete", perSecond: perSecond, note: nil)))
        }
        // A turn is put off by what nobody can help.
        world.mayPutOff = true
        try pace(2)
        world.add(40, withinMilliseconds: 200)
        try world.run(milliseconds: 3_000)
        let until = world.clock.wallClock().advanced(byMilliseconds: 20_000)
        try world.gateway.decide(
            .operation(
                .suspend(
                    id: "ete", ground: .maintenance, until: until, isDefinitive: false, note: "n")))
        try world.run(milliseconds: 20_000)
        try world.run(milliseconds: 2_000)
        try pace(nil)
        try world.run(milliseconds: 100)
        try pace(2)
        try world.run(milliseconds: 30_000)
        #expect(world.people.allSatisfy { $0.admitted != nil })
        #expect(world.steppedBack.isEmpty, "\(world.steppedBack.prefix(3))")
        #expect(Set(world.people.map(\.epoch)).subtracting([0]).count == 1, "one queue")
    }
}
