import Bytes
import Testing
import Time

@testable import Ledger

@Suite("Entry numbers")
struct EntryNumberTests {
    private let zero = EntryNumber(rawValue: 0)

    @Test("A number tells its time to the millisecond")
    func time() throws {
        let number = try #require(zero.next(at: World.start))
        #expect(number.time == World.start)
        #expect(number.rawValue & 0xF_FFFF == 0)
        let second = try #require(number.next(at: World.start))
        #expect(second.rawValue == number.rawValue + 1)
        #expect(second.time == World.start)
        #expect("\(second)" == String(number.rawValue + 1))
    }

    @Test("A burst of more than 2²⁰ in a millisecond stays unique, and runs into the next ones")
    func burst() throws {
        var number = try #require(zero.next(at: World.start))
        let first = number
        for _ in 0..<((1 << 20) + 5) {
            let next = try #require(number.next(at: World.start))
            if next <= number { Issue.record("\(next) after \(number)") }
            number = next
        }
        #expect(number.rawValue - first.rawValue == (1 << 20) + 5)
        #expect(number.time == World.start.advanced(byMilliseconds: 1))
    }

    @Test("A clock that was set back does not make numbers fall")
    func backwards() throws {
        let number = try #require(zero.next(at: World.start))
        let next = try #require(number.next(at: World.start.advanced(byMilliseconds: -5_000)))
        #expect(next.rawValue == number.rawValue + 1)
    }

    @Test("The ends: before 2020, after 2577, and the last number of all")
    func ends() throws {
        for time in [Int64.min, -1, 0, 1_577_836_799_999] {
            #expect(zero.next(at: Timestamp(milliseconds: time))?.rawValue == 1)
        }
        let latest = try #require(zero.next(at: Timestamp(milliseconds: .max)))
        #expect(latest.rawValue == UInt64.max - 0xF_FFFF)
        #expect(EntryNumber(rawValue: .max).next(at: World.start) == nil)
        #expect(EntryNumber(rawValue: .max).time.milliseconds == 1_577_836_800_000 + (1 << 44) - 1)
    }

    @Test("A ledger without numbers refuses entries")
    func exhausted() throws {
        let world = World()
        try world.open("summer")
        world.ledger.decider.lastEntry = EntryNumber(rawValue: .max - 1)
        #expect(world.enter(1, in: "summer").isAccepted)
        #expect(world.enter(2, in: "summer") == .full(.entryNumbers))
        #expect(world.counts("summer") == OperationCounts(entries: 1, participants: 1))
    }

    @Test("The last participant's number is given, and then no more")
    func participantsExhausted() throws {
        let world = World()
        try world.open("summer", .sample(.unlimited))
        world.ledger.decider.operations[0].participants = .max - 1
        #expect(world.enter(1, in: "summer").numbers?.participant == .max)
        #expect(world.enter(2, in: "summer") == .full(.participants))
        #expect(world.enter(1, in: "summer").numbers?.participant == .max)
        #expect(world.counts("summer")?.entries == 2)
    }
}
