import Contract
import Ledger
import Sockets
import TestSupport
import Testing
import Time

@testable import Gateway

@Suite("Only who waits came before: a ticket that was used says nothing (C2)")
struct UsedTicketTests {
    /// Senders of an operation that takes one entry a second, without a limit for each; more than
    /// 50 entries within ten seconds are a rise.
    private final class Senders {
        let gateway: SimulatedGateway
        private var tickets: [UInt64: (number: UInt64, epoch: UInt64)] = [:]
        private var posted: [UInt32: UInt64] = [:]
        private var connections: UInt32 = 0

        init() throws {
            var policy = Policy()
            policy.riseEntries = 50
            gateway = try SimulatedGateway(
                disk: try SimulatedDisk(),
                clock: SimulatedClock(Timestamp(milliseconds: 1_800_000_000_000)),
                random: SeededRandom(seed: 4_711), policy: policy)
            try gateway.open("ete", rule: .unlimited, policy: .advise)
            try setPace(1)
        }

        func setPace(_ perSecond: UInt32?) throws {
            try gateway.decide(
                .operation(.setPace(operation: "ete", perSecond: perSecond, note: nil)))
        }

        /// Each sends an entry with the last ticket that it was given, used or not.
        func send(_ people: ClosedRange<UInt64>) throws -> [EntryVerdict: Int] {
            for person in people {
                connections += 1
                posted[connections] = person
                let ticket = tickets[person] ?? (0, 0)
                let isTaken = gateway.loops[0].post(
                    SimulatedLoop.Entry(
                        operation: 0, key: 0, person: person, connection: connections,
                        ticket: ticket.number, ticketEpoch: ticket.epoch))
                #expect(isTaken)
            }
            var verdicts: [EntryVerdict: Int] = [:]
            for _ in 0..<3 {
                try gateway.step(nanoseconds: 1_000_000)
                for answer in gateway.loops[0].drainAnswers() {
                    verdicts[answer.verdict, default: 0] += 1
                    guard let person = posted.removeValue(forKey: answer.connection.place),
                        answer.verdict == .waiting, tickets[person] == nil
                    else { continue }
                    tickets[person] = (answer.entry, answer.epoch)
                }
            }
            return verdicts
        }

        var missingNotices: Int {
            gateway.catalogue.operations[0].missingNotices(at: gateway.latest).count
        }
    }

    @Test("who waits may ask often; who sends a used ticket is counted, pace or none")
    func used() throws {
        let senders = try Senders()
        // The first is let in at once, and has no ticket.
        #expect(try senders.send(1...21) == [.accepted: 1, .waiting: 20])
        for _ in 0..<10 { _ = try senders.send(2...21) }
        #expect(senders.missingNotices == 0, "people who wait")
        try senders.setPace(nil)
        #expect(try senders.send(2...21) == [.accepted: 20])
        #expect(senders.missingNotices == 0, "those who waited come in")
        for _ in 0..<5 { #expect(try senders.send(2...21) == [.accepted: 20]) }
        #expect(senders.missingNotices == 1, "a hundred more, with tickets that were used")
    }

    @Test("under a pace a used ticket is a newcomer's, too")
    func paced() throws {
        let senders = try Senders()
        _ = try senders.send(1...2)
        try senders.gateway.step(nanoseconds: 1_100_000_000)
        #expect(try senders.send(2...2) == [.accepted: 1])
        for _ in 0..<60 { _ = try senders.send(2...2) }
        #expect(senders.missingNotices == 1)
    }

    @Test("tickets of a queue that is over are worth nothing")
    func expired() throws {
        let senders = try Senders()
        #expect(try senders.send(1...21) == [.accepted: 1, .waiting: 20])
        try senders.setPace(nil)
        for _ in 0..<130 { try senders.gateway.step(nanoseconds: 1_000_000_000) }
        for _ in 0..<3 { _ = try senders.send(2...21) }
        #expect(senders.missingNotices == 1)
    }
}
