import Addresses
import Ledger
import TestSupport
import Testing

@testable import Gateway

@Suite("Where memory is short, those go that hold the most")
struct GreediestFirstTests {
    private func address(_ number: Int) -> IPAddress {
        IPAddress(ipv4: 0x0A00_0000 + UInt32(number))
    }

    private func holder(
        _ slot: UInt32, of owner: Int? = nil, _ bytes: Int, since: UInt64 = 0
    ) -> GreediestFirst.Holder {
        GreediestFirst.Holder(
            slot: slot, address: owner.map { address($0) }, bytes: bytes, waitsSince: since)
    }

    @Test("makes room for a newcomer from owners that hold more than its own would")
    func newcomer() {
        func holder(_ slot: UInt32, _ name: String, _ bytes: Int) -> GreediestFirst.Holder {
            GreediestFirst.Holder(
                slot: slot, address: nil, token: TokenHolder(Author(.scrape, name: name)),
                bytes: bytes, waitsSince: UInt64(slot))
        }
        let holders = [
            holder(1, "a", 1_000), holder(2, "a", 3_000), holder(3, "b", 1_000),
            holder(4, "b", 400),
        ]
        func chosen(_ name: String, _ bytes: Int, _ wanted: Int) -> [UInt32] {
            GreediestFirst.choose(from: holders, for: holder(9, name, bytes), wanted: wanted)
        }
        #expect(chosen("c", 500, 2_000) == [2])
        #expect(chosen("c", 500, 3_500) == [2, 3], "then of the one that holds the most now")
        #expect(chosen("c", 500, 5_001) == [], "not enough: nobody is cut for nothing")
        #expect(chosen("c", 4_000, 100) == [], "it would hold as much itself")
        #expect(chosen("a", 500, 100) == [], "whoever holds the most gets no more")
        #expect(chosen("b", 500, 100) == [2], "what its own token holds counts with it")
        #expect(chosen("b", 3_000, 100) == [])
    }

    @Test("the largest first, and no more than it takes")
    func largest() {
        let holders = [holder(1, 100), holder(2, 400), holder(3, 200)]
        #expect(GreediestFirst.choose(from: holders, wanted: 0) == [])
        #expect(GreediestFirst.choose(from: holders, wanted: 1) == [2])
        #expect(GreediestFirst.choose(from: holders, wanted: 400) == [2])
        #expect(GreediestFirst.choose(from: holders, wanted: 401) == [2, 3])
        #expect(GreediestFirst.choose(from: holders, wanted: 10_000) == [2, 3, 1])
        #expect(GreediestFirst.choose(from: [], wanted: 10) == [])
    }

    @Test("of equals the one that has waited longest")
    func oldest() {
        let holders = [
            // A few bytes more, as a longer name of a host brings, make no difference.
            holder(1, 110, since: 30), holder(2, 100, since: 10), holder(3, 105, since: 20),
        ]
        #expect(GreediestFirst.choose(from: holders, wanted: 150) == [2, 3])
    }

    @Test("many small ones of one address go before a large one of another")
    func address() {
        let many = (0..<50).map { holder(UInt32($0), of: 1, 20, since: UInt64($0 + 1)) }
        let holders = many + [holder(90, of: 2, 300), holder(91, of: 3, 5)]
        let chosen = GreediestFirst.choose(from: holders, wanted: 480)
        #expect(chosen == (0..<24).map { UInt32($0) })
        // From here on the other one holds as much, and is taken in turn.
        #expect(GreediestFirst.choose(from: holders, wanted: 900).contains(90))
        #expect(!GreediestFirst.choose(from: holders, wanted: 1_200).contains(91))
    }

    @Test("whatever they hold, it is always the owner with the most that gives")
    func fairness() {
        var random = SeededGenerator.printed()
        for _ in 0..<300 {
            let holders = (0..<Int.random(in: 1...60, using: &random)).map { slot in
                holder(
                    UInt32(slot),
                    of: Bool.random(using: &random) ? Int.random(in: 0..<5, using: &random) : nil,
                    Int.random(in: 1...1_000, using: &random),
                    since: UInt64.random(in: 0...50, using: &random))
            }
            let total = holders.reduce(0) { $0 + $1.bytes }
            let wanted = Int.random(in: 0...total, using: &random)
            let chosen = GreediestFirst.choose(from: holders, wanted: wanted)
            #expect(Set(chosen).count == chosen.count)
            let given = chosen.map { holders[Int($0)].bytes }
            #expect(given.reduce(0, +) >= wanted)
            #expect(given.dropLast().reduce(0, +) < wanted || chosen.isEmpty)
            // What an owner held when the last of its connections went.
            var left: [String: Int] = [:]
            func owner(_ holder: GreediestFirst.Holder) -> String {
                holder.address.map { "\($0)" } ?? "slot \(holder.slot)"
            }
            for holder in holders { left[owner(holder), default: 0] += holder.bytes }
            for slot in chosen {
                let name = owner(holders[Int(slot)])
                let mine = left[name] ?? 0
                let weight = GreediestFirst.weight(mine)
                #expect(left.values.allSatisfy { GreediestFirst.weight($0) <= weight })
                left[name] = mine - holders[Int(slot)].bytes
            }
        }
    }
}
