import Contract
import Cryptography
import Evidence
import Ledger
import Projections
import Synchronization
import Testing
import Time

@testable import Gateway

@Suite("A report says what an operation does to its neighbours")
struct LoadMeterTests {
    private func bench() throws -> Bench {
        let neighbour = OperationCommand.put(
            id: "voisin", settings: Bench.settings(.once), dataKeyID: "d-2")
        return try Bench(Bench.opened() + [.operation(neighbour)]) { _ in }
    }

    private func wait(_ microseconds: UInt64, times: Int, of operation: UInt32, _ bench: Bench) {
        for _ in 0..<times {
            bench.shared.instruments.recordQueueWait(
                nanoseconds: microseconds * 1_000, of: operation)
        }
    }

    @Test("how long entries of the others waited, then and in the calm before")
    func others() throws {
        let bench = try bench()
        let shared = bench.shared
        var load = LoadMeter(shared)
        load.sample()
        wait(1_000, times: 5, of: 1, bench)
        load.sample()
        load.sample()
        shared.pressure.withLock { $0.level = .strained }
        wait(50_000, times: 4, of: 1, bench)
        wait(90_000, times: 100, of: 0, bench)
        load.sample()
        for operation in [UInt32(0), 1] {
            shared.instruments.count(.accepted, of: operation, lane: 0)
        }
        let report = load.report(
            shared.pressure.withLock { $0 }, shared.projected.catalogue)
        #expect(report.limits == .inForce(calmCommit: 0))
        let own = try #require(report.operations.first { $0.operation == "ete" })
        #expect(own.othersEntries == 9)
        #expect(own.othersWait == (5 * 1_000 + 4 * 50_000) / 9)
        #expect(own.othersCalmWait == 1_000)
        let other = try #require(report.operations.first { $0.operation == "voisin" })
        #expect(other.othersEntries == 100 && other.othersWait == 90_000)
        #expect(other.othersCalmWait == nil, "no entry of others came in calm")
        #expect(report.isPlausible)
    }

    @Test("twelve operations that bring as much are all named")
    func twelve() throws {
        let operations = (1...12).map { number in
            AdministrativeCommand.operation(
                .put(id: "op-\(number)", settings: Bench.settings(.once), dataKeyID: "d-\(number)"))
        }
        let clock = HandClock()
        let bench = try Bench(Bench.opened() + operations, clock: clock) { _ in }
        var load = LoadMeter(bench.shared)
        load.sample()
        clock.advance(milliseconds: 1_000)
        for operation in UInt32(1)...12 {
            for _ in 0..<150 { bench.shared.instruments.count(.accepted, of: operation, lane: 0) }
        }
        let report = load.report(PressureSample(), bench.shared.projected.catalogue)
        #expect(report.operations.map(\.attemptsPerSecond) == Array(repeating: 150, count: 12))
        #expect(report.isPlausible)
    }

    @Test("those that are held leave places to the others; what does not matter fills up a few")
    func named() {
        func demands(_ name: String, _ count: Int, _ perSecond: Int, _ permille: Int)
            -> [PressureReport.Demand]
        {
            (0..<count).map { number in
                PressureReport.Demand(
                    operation: "\(name)-\(number)", attemptsPerSecond: perSecond,
                    acceptedPerSecond: 0, queuePermille: permille, attemptsPermille: permille)
            }
        }
        func named(_ held: [PressureReport.Demand], _ others: [PressureReport.Demand]) -> [String] {
            LoadMeter.named(of: others + held, Set(held.map(\.operation)), Policy())
                .map { String($0.operation.prefix { $0 != "-" }) }
        }
        func times(_ name: String, _ count: Int) -> [String] {
            Array(repeating: name, count: count)
        }
        // Eight floods are held; the ninth is not.
        #expect(
            named(demands("held", 8, 900, 90), demands("flood", 1, 900, 90))
                == times("held", 8) + ["flood"])
        #expect(
            named(demands("quiet", 80, 0, 0), demands("flood", 1, 900, 900))
                == ["flood"] + times("quiet", 7))
        #expect(
            named(demands("held", 80, 20, 4), demands("flood", 40, 90, 9))
                == times("held", 32) + times("flood", 32))
        #expect(
            named(demands("held", 80, 20, 4), demands("flood", 2, 90, 9))
                == times("held", 62) + times("flood", 2))
        // Hundreds of small ones make no long reports.
        #expect(
            named([], demands("flood", 1, 900, 90) + demands("small", 300, 50, 3))
                == ["flood"] + times("small", 7))
        #expect(named([], demands("small", 300, 9, 9)) == times("small", 8))
    }

    @Test("how many connections wait unread because their operation is held, at all loops")
    func withheld() throws {
        let bench = try bench()
        let shared = bench.shared
        var load = LoadMeter(shared)
        load.sample()
        shared.withheld.set(7, of: 0, lane: 0)
        shared.withheld.set(3, of: 0, lane: 1)
        for operation in [UInt32(0), 1] {
            shared.instruments.count(.accepted, of: operation, lane: 0)
        }
        let report = load.report(
            shared.pressure.withLock { $0 }, shared.projected.catalogue)
        let demands = report.operations
        #expect(demands.first { $0.operation == "ete" }?.withheld == 10)
        #expect(demands.contains { $0.operation == "voisin" && $0.withheld == nil })
    }

    @Test("a span of refusals is put on record when it ends, with how many were answered how")
    func answers() throws {
        let bench = try bench()
        let shared = bench.shared
        var reporter = AnswerReporter(shared)
        func recorded() -> [AnsweredEntries] {
            var found: [AnsweredEntries] = []
            while let request = shared.administration.next() {
                if case .fact(.answered(let answered)) = request.record.command {
                    found.append(answered)
                }
            }
            return found
        }
        var views = Projections(catalogue: shared.projected.catalogue, evidence: EvidenceIndex())
        func publish(_ command: AdministrativeCommand) throws {
            let content = EvidenceRecord.Content.command(AdministrativeRecord(command, by: .admin))
            let record = DurableBatch.Record(sequence: 1, content: content)
            let batch = DurableBatch(
                firstSequence: 1, time: shared.ledgerTime, chain: SHA256Digest(),
                records: [record])
            _ = views.apply(record, of: batch)
            shared.publish(views.state)
        }
        // Without a span nothing is counted.
        shared.instruments.count(.accepted, of: 0, lane: 0)
        reporter.turn()
        reporter.turn()
        #expect(recorded().isEmpty)
        try publish(.operation(.setPace(operation: "ete", perSecond: 1, note: nil)))
        reporter.turn()
        shared.instruments.count(.accepted, of: 0, lane: 0)
        shared.instruments.count(.waiting, of: 0, lane: 0)
        shared.instruments.count(.waitingPastClosing, of: 0, lane: 0)
        reporter.turn()
        #expect(recorded().isEmpty, "it goes on")
        try publish(
            .operation(
                .suspend(
                    id: "ete", ground: .security, until: nil, isDefinitive: false, note: "n")))
        reporter.turn()
        let first = recorded()
        #expect(first.count == 1)
        #expect(first.first?.state == .smoothed)
        #expect(first.first?.accepted == 1 && first.first?.waiting == 2 && first.first?.total == 3)
        // A suspension without an entry leaves no record.
        try publish(.operation(.resume(id: "ete", note: nil)))
        reporter.turn()
        #expect(recorded().isEmpty)
        // The end of the process ends a span too.
        try publish(.operation(.setPace(operation: "ete", perSecond: 1, note: nil)))
        reporter.turn()
        shared.instruments.count(.waiting, of: 0, lane: 0)
        reporter.finish()
        let last = recorded()
        #expect(last.map(\.waiting) == [1] && last.first?.total == 1)
        reporter.finish()
        #expect(recorded().isEmpty)
    }
}
