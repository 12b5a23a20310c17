import TestSupport
import Testing

@testable import Contract

@Suite("What a turnstile keeps")
struct QueuePartsTests {
    @Test("the lowest of the returned numbers comes first, whatever the order they come in")
    func returnedNumbers() {
        var random = SeededGenerator(seed: 1)
        var returned = ReturnedNumbers()
        var numbers: [UInt64] = []
        for _ in 0..<2_000 {
            if numbers.isEmpty || random.next() % 3 > 0 {
                let number = random.next() >> 1
                returned.insert(number)
                numbers.append(number)
                numbers.sort()
            } else {
                #expect(returned.first == numbers.removeFirst())
                returned.removeFirst()
            }
            #expect(returned.count == numbers.count)
        }
        returned = ReturnedNumbers()
        returned.removeFirst()
        #expect(returned.first == nil)
    }

    @Test("holds end with their tick, and not before")
    func holds() {
        var wheel = HoldWheel(at: 1_000)
        wheel.add(until: 1_000)
        wheel.add(3, until: 1_005)
        wheel.add(until: wheel.last)
        wheel.remove(until: 1_005)
        #expect(wheel.total == 4)
        #expect(wheel.advance(to: 1_000) == 0)
        #expect(wheel.advance(to: 1_001) == 1)
        #expect(wheel.advance(to: 1_005) == 0)
        #expect(wheel.advance(to: 1_006) == 2)
        wheel.add(2, until: wheel.last)
        #expect(wheel.advance(to: 100_000) == 3)
        #expect(wheel.total == 0)
        #expect(HoldWheel.tick(endOf: 128) == 1 && HoldWheel.tick(endOf: 129) == 2)
        #expect(HoldWheel.tick(of: 255) == 1)
    }

    @Test("a state keeps its flags and its time, which is read near the present")
    func placeState() {
        for tick in [0, 1, 12_345, 1 << 29, (1 << 40) + 7] as [Int64] {
            var state = PlaceState(expectedUntil: tick)
            state.isUsed = true
            state.isHeld = true
            state.isReturned = true
            state.isHeld = false
            #expect(state.isUsed && !state.isHeld && state.isReturned)
            for present in [tick - 100_000, tick, tick + 1, tick + 100_000_000] {
                #expect(state.expectedUntil(near: present) == tick)
            }
            state.expect(until: tick + 5)
            #expect(state.expectedUntil(near: tick) == tick + 5)
            #expect(state.isUsed && !state.isHeld && state.isReturned)
        }
    }

    @Test("states go in at one end and out at the other")
    func placeStates() {
        var random = SeededGenerator(seed: 2)
        var states = PlaceStates()
        var ticks: [Int64] = []
        for round in 0..<300 as Range<Int64> {
            let added = Int(random.next() % 50)
            states.append(PlaceState(expectedUntil: round), count: added)
            ticks += Array(repeating: round, count: added)
            let removed = Int(random.next() % UInt64(min(ticks.count + 1, 60)))
            states.removeFirst(removed)
            ticks.removeFirst(removed)
            #expect(states.count == ticks.count)
            for index in ticks.indices where index % 7 == 0 {
                #expect(states[index].expectedUntil(near: round) == ticks[index])
            }
        }
    }

    @Test("while everybody comes a held token counts in full; else what it is worth")
    func attendance() {
        var attendance = Attendance()
        #expect(attendance.share == 1 && attendance.callsPerToken == 1)
        for _ in 0..<100 {
            attendance.addArrival()
            attendance.addCall()
            attendance.addTokens(1)
        }
        #expect(attendance.share == 1 && attendance.callsPerToken == 1)
        attendance.addAbsent(100)
        #expect((0.4...0.6).contains(attendance.share))
        for _ in 0..<100 { attendance.addCall() }
        #expect((1.7...2).contains(attendance.callsPerToken))
        for _ in 0..<2_000 { attendance.decay() }
        #expect(attendance.share > 0.99 && attendance.callsPerToken < 1.01)
    }

    @Test("an order from a seed has each place once, and another seed gives another order")
    func shuffle() {
        for count in [1, 2, 3, 16, 17, 1_000] as [UInt64] {
            let shuffle = Shuffle(seed: 42, count: count)
            let places = (0..<count).map { shuffle.place(of: $0) }
            #expect(places.sorted() == Array(0..<count))
            guard count > 15 else { continue }
            let other = Shuffle(seed: 43, count: count)
            #expect(places != (0..<count).map { other.place(of: $0) })
            #expect(places != Array(0..<count))
        }
    }

    @Test("nobody is preferred: over many seeds each index has each place as often")
    func fairness() {
        let (count, seeds) = (8 as UInt64, 4_000 as UInt64)
        var seen = Array(repeating: Array(repeating: 0, count: Int(count)), count: Int(count))
        for seed in 0..<seeds {
            let shuffle = Shuffle(seed: seed &* 0x1234_5678_9ABC >> 11, count: count)
            for index in 0..<count { seen[Int(index)][Int(shuffle.place(of: index))] += 1 }
        }
        for row in seen { for times in row { #expect((400...600).contains(times), "\(seen)") } }
    }

    @Test("before the opening each participant has one place, however often it comes")
    func draw() throws {
        var draw = StartDraw(StartDraw.Record(epoch: 7, registered: 0), at: 0)
        for round in 0..<3 {
            for person in 1...100 as ClosedRange<UInt64> {
                let index = draw.register(person &* 77, ticket: 0, at: Int64(round))
                #expect(index == person)
            }
        }
        let recorded = draw.recordAhead()
        let ahead = try #require(recorded)
        let again = draw.recordAhead()
        #expect(ahead.registered >= 100 && again == nil)
        // After a restart the tickets keep their places, and are remembered again.
        var later = StartDraw(ahead, at: 0)
        let places = [
            later.register(5 &* 77, ticket: 5, at: 1), later.register(5 &* 77, ticket: 0, at: 1),
            later.register(6 &* 77, ticket: 0, at: 1),
        ]
        #expect(places == [5, 5, ahead.registered + 1])
        let opened = draw.shuffle(seed: 3, after: 40)
        #expect(opened.shuffle?.count == 100 && draw.lastNumber == 140 && opened.isPlausible)
        let numbers = (1...100 as ClosedRange<UInt64>).compactMap {
            draw.number(of: $0 &* 77, ticket: 0)
        }
        #expect(numbers.sorted() == Array(41...140))
        #expect(numbers != numbers.sorted())
        #expect(draw.number(of: 1, ticket: 9) == draw.number(of: 9 &* 77, ticket: 0))
        #expect(draw.number(of: 1, ticket: 0) == nil && draw.number(of: 1, ticket: 101) == nil)
    }
}
