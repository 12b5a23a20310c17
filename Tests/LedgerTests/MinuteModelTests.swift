import Availability
import Bytes
import Contract
import TestSupport
import Testing
import Time

@testable import Ledger

@Suite("Minutes and suspensions on record, against plain lists of what came")
struct MinuteModelTests {
    private static let start = World.start.milliseconds
    private static let day: Int64 = 86_400_000
    /// Everything happens at whole tens of seconds.
    private static let tick: Int64 = 10_000

    /// What was applied, for another ledger.
    private struct Applied {
        var command: AdministrativeCommand
        var time: Timestamp
    }

    @Test("random reports and suspensions, over a week, with late, early and repeated reports")
    func random() throws {
        var random = SeededGenerator.printed()
        for _ in 0..<3 {
            var run = Run(&random)
            for _ in 0..<250 { try run.step(&random) }
            try run.compare()
            try run.compareWithReplay()
        }
    }

    private struct Run: ~Copyable {
        var ledger = Ledger()
        var model = PlainMinutes()
        var time = MinuteModelTests.start
        var applied: [Applied] = []

        init(_ random: inout SeededGenerator) {
            for client in ["acme", "bolt"] {
                apply(.contract(.putClient(id: client, name: "N")))
                for number in 0..<2 {
                    let id = "\(client)-\(number)"
                    let settings = OperationSettings.sample(client: client).with {
                        $0.opens = number == 1 ? Timestamp(milliseconds: time + day) : nil
                        $0.closes = number == 1 ? Timestamp(milliseconds: time + 3 * day) : nil
                    }
                    apply(.operation(.put(id: id, settings: settings, dataKeyID: "d")))
                    model.operations[id] = PlainMinutes.Operation(
                        client: client, opens: settings.opens?.milliseconds,
                        closes: settings.closes?.milliseconds)
                }
            }
            model.stand(at: time)
        }

        /// - Returns: the refusal's code.
        @discardableResult
        mutating func apply(_ command: AdministrativeCommand) -> String? {
            let now = Timestamp(milliseconds: time)
            do throws(CommandRefusal) {
                let change = try ledger.apply(command, by: .admin, at: now)
                if change != .none { applied.append(Applied(command: command, time: now)) }
                return nil
            } catch {
                return error.code
            }
        }

        mutating func step(_ random: inout SeededGenerator) throws {
            let steps: [Int64] = [0, 1, 1, 6, 6, 30, 360, 1_000]
            time += random.element(steps) * tick
            if random.below(3) > 0 { try report(&random) } else { try stand(&random) }
        }

        private mutating func report(_ random: inout SeededGenerator) throws {
            let backs: [Int64] = [0, 1, 1, 1, 2, 3, 60, 2_879, 2_880, 2_881]
            let minute = time / 60_000 - random.element(backs)
            if random.below(8) == 0 {
                let lost = LostMinute(
                    client: "acme", minute: Minute(number: time / 60_000 - 1), refused: 3,
                    attempts: 9)
                if apply(.fact(.lostMinute(lost))) == nil {
                    model.lost.append((client: "acme", minute: time / 60_000 - 1))
                }
                return
            }
            let report = PlainMinutes.Report(
                probe: random.element(["p", "q", "r"]), minute: minute,
                counts: random.element(Self.counts))
            let tally = try #require(
                ProbeTally(
                    attempts: report.counts.attempts, failed: report.counts.failed,
                    slow: report.counts.slow))
            let before = ledger.records
            let code = apply(
                .fact(
                    .probeMinute(
                        ProbeMinute(
                            probe: report.probe, minute: Minute(number: minute), tally: tally))))
            let expected = model.add(report, at: time)
            #expect(code == expected.code, "\(report) at \(time)")
            #expect((ledger.records > before) == expected.isNews)
        }

        private mutating func stand(_ random: inout SeededGenerator) throws {
            let id = random.element(["acme-0", "acme-1", "bolt-0", "bolt-1"])
            let client = String(id.prefix(4))
            switch random.below(6) {
            case 0:
                #expect(apply(.operation(.close(id: id, note: nil))) == nil)
                model.operations[id]?.isOpen = false
            case 1:
                #expect(apply(.client(.resume(client: client, note: nil))) == nil)
                model.suspendedClients.remove(client)
            case 2:
                let order = SuspensionOrder(
                    ground: .fraud, until: nil, isDefinitive: false, note: "n")
                #expect(apply(.client(.suspend(client: client, order: order))) == nil)
                model.suspendedClients.insert(client)
            case 3:
                #expect(apply(.operation(.resume(id: id, note: nil))) == nil)
                model.operations[id]?.isSuspended = false
            case 4 where model.operations[id]?.isOpen == true:
                let isFault = random.below(2) == 0
                let basis = SuspensionBasis(fault: isFault ? .operator : nil)
                let code = apply(
                    .operation(
                        .suspend(
                            id: id, ground: .stability, until: nil, isDefinitive: false,
                            note: "n", basis: basis)))
                #expect(code == nil)
                model.operations[id]?.isSuspended = true
                model.operations[id]?.isFault = isFault
            default:
                #expect(apply(.operation(.open(id: id, note: nil))) == nil)
                model.operations[id]?.isOpen = true
            }
            model.stand(at: time)
        }

        private static var counts: [(attempts: UInt32, failed: UInt32, slow: UInt32)] {
            [(60, 0, 0), (60, 3, 0), (60, 2, 2), (29, 0, 0), (30, 0, 1), (4, 4, 0)]
        }

        // MARK: Comparing

        func compare() throws {
            let catalogue = ledger.catalogue
            let now = Timestamp(milliseconds: time)
            let first = MinuteModelTests.start / 60_000 - 3_000
            let span = Minute(number: first)..<Minute(number: time / 60_000 + 10)
            for name in ["acme", "bolt"] {
                let facts = catalogue.serviceFacts(of: catalogue.client(name), until: now)
                var differing = 0
                let up = facts.platform.minutes(.accessible, in: span)
                let down = facts.platform.minutes(.notAccessible, in: span)
                let lost = facts.own.minutes(.notAccessible, in: span)
                for number in first..<time / 60_000 + 10 {
                    let minute = Minute(number: number)
                    let found: MinuteState =
                        up.contains(minute)
                        ? .accessible : down.contains(minute) ? .notAccessible : .unmeasured
                    if found != model.state(of: number) { differing += 1 }
                    let isLost = model.lost.contains { $0.client == name && $0.minute == number }
                    if lost.contains(minute) != isLost { differing += 1 }
                }
                #expect(differing == 0, "minutes of \(name)")
                compareSuspensions(of: name, facts)
            }
        }

        private func compareSuspensions(of client: String, _ facts: ServiceFacts) {
            func set(_ isFault: Bool) -> RangeSet<Timestamp> {
                RangeSet(
                    facts.suspensions.filter { $0.isOperatorsFaultAlone == isFault }
                        .map { $0.starts..<$0.ends })
            }
            let (faults, others) = (set(true), set(false))
            var differing = 0
            for moment in stride(from: MinuteModelTests.start, to: time, by: Int(tick)) {
                let expected = model.suspensions(of: client, at: moment)
                let at = Timestamp(milliseconds: moment)
                if faults.contains(at) != expected.fault { differing += 1 }
                if others.contains(at) != expected.other { differing += 1 }
            }
            #expect(differing == 0, "suspensions of \(client)")
        }

        /// The records again, with a snapshot in the middle.
        func compareWithReplay() throws {
            var again = Ledger()
            for (index, one) in applied.enumerated() {
                if index == applied.count / 2 { again = try again.readBack() }
                let change = try again.apply(one.command, by: .admin, at: one.time)
                #expect(change != .none)
            }
            let difference = again.difference(from: ledger)
            #expect(difference == nil)
        }
    }
}
