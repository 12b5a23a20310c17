import Bytes
import Cluster
import Ledger
import LockFree
import Sockets
import Testing
import Time

@testable import Gateway

@Suite("A permit's rate is one for all nodes of a cluster", .onOwnThread)
struct PermitPacesTests {
    @Test("a rate holds for whatever nodes send together, each permit for itself")
    func together() {
        var paces = PermitPaces()
        var passed = 0
        // Three nodes, each at the permit's whole rate, for ten seconds.
        for millisecond in 0..<10_000 as Range<UInt64> {
            for _ in 0..<3 where millisecond % 10 == 0 {
                let now = 5_000_000_000 + millisecond * 1_000_000
                if paces.countIfInPace(3, perSecond: 100, at: now) { passed += 1 }
            }
        }
        #expect((1_000...1_200).contains(passed), "\(passed)")
        let isInPace = paces.countIfInPace(4, perSecond: 1, at: 15_000_000_000)
        #expect(isInPace)
    }

    @Test("one that keeps its rate is never refused, though its entries come in batches")
    func batches() {
        var paces = PermitPaces()
        for second in 1..<60 as Range<UInt64> {
            for _ in 0..<100 {
                let isInPace = paces.countIfInPace(
                    0, perSecond: 100, at: second * 1_000_000_000)
                #expect(isInPace)
            }
        }
    }

    @Test("the leader refuses what comes too fast, but for an entry that is stored")
    func decided() throws {
        let status = ClusterStatus(node: "a")
        status.term = 1
        status.office = 1
        status.state = .leading
        status.proveForGood()
        let now = SystemClock.wallClock()
        let terms = PermitTerms(
            operation: "ete", perSecond: 1, starts: now.advanced(byMilliseconds: -60_000),
            ends: now.advanced(byMilliseconds: 3_600_000))
        let bench = try Bench(
            try Bench.opened() + [.permit(.issue(permitID: "pt-1", terms))], cluster: status)
        // Two may come at once.
        for (place, person) in ([1, 1, 1, 2] as [UInt64]).enumerated() {
            var record = ByteBuffer(capacity: 1 << 10)
            record.append(
                EntryEnvelope(
                    connection: EventToken(place: UInt32(place), generation: 0), handedOver: 0,
                    command: EntryCommand(
                        operation: 0, key: 0, participant: Fingerprint(high: 1, low: person),
                        permit: 0),
                    sourceBytes: 0))
            record.append(zeros: 32)
            let isTaken = bench.shared.lanes[0].commands.push(record.bytes)
            #expect(isTaken)
        }
        var sequencer = bench.takeSequencer()
        try sequencer.turn()
        let answers = bench.answers(4)
        #expect(answers.map(\.verdict) == [.accepted, .repeated, .repeated, .refused])
        #expect(answers.allSatisfy { $0.isTest })
        #expect(answers.last?.reasons.contains(.permitRate) == true)
    }
}
