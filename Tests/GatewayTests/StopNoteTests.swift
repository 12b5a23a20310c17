import Availability
import Evidence
import Foundation
import Ledger
import TestSupport
import Testing
import Time

@testable import Gateway

@Suite("A stop of the journal is noted for the next start")
struct StopNoteTests {
    private let now = Timestamp(milliseconds: 1_795_176_000_000)

    private func seconds(_ count: Int64) -> Timestamp {
        now.advanced(byMilliseconds: count * 1_000)
    }

    private func due(
        after note: StopNote?, _ reasons: [String], at count: Int64, isOnRecord: Bool = false
    ) -> StopNote? {
        StopNote.due(after: note, reasons, at: seconds(count)) { _ in isOnRecord }
    }

    @Test("it stands from the beginning of a stop until the incident is on record")
    func course() {
        #expect(due(after: nil, [], at: 0) == nil)
        let begun = due(after: nil, ["disk_full"], at: 0)
        #expect(begun == StopNote(since: now, reasons: ["disk_full"]))
        #expect(due(after: begun, ["disk_failing"], at: 5) == begun)
        #expect(due(after: begun, [], at: 9) == nil, "too short")
        let over = due(after: begun, [], at: 10)
        #expect(over == StopNote(since: now, until: seconds(10), reasons: ["disk_full"]))
        #expect(due(after: over, [], at: 30) == over)
        #expect(begun?.isOpen == true && over?.isOpen == false)
        #expect(due(after: over, ["disk_stalled"], at: 30) == begun, "one of several")
        #expect(due(after: over, [], at: 60, isOnRecord: true) == nil)
    }

    @Test("as text it comes back, and what is none is none")
    func text() {
        for note in [
            StopNote(since: now, reasons: ["disk_full", "store_lost"]),
            StopNote(since: now, until: seconds(12), reasons: ["disk_stalled"]),
        ] {
            #expect(StopNote(text: note.text + "      ") == note)
        }
        for text in [
            "", "\n   ", "2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z - ",
            "2026-11-20T12:00:00Z yes disk_full", "noon - disk_full",
            "2026-11-20T12:00:00Z - <b>", "2026-11-20T12:00:00Z - disk_full now",
        ] {
            #expect(StopNote(text: text) == nil, "\(text)")
        }
    }

    @Test("the file keeps it over a restart, in the bytes that it has from the start on")
    func file() throws {
        let folder = TemporaryDirectory()
        #expect(StopFile.note(in: folder.path) == nil)
        let (begun, over) = (
            StopNote(since: now, reasons: ["disk_full"]),
            StopNote(since: now, until: seconds(40), reasons: ["disk_full"])
        )
        for note in [begun, over, nil] as [StopNote?] {
            var file = try StopFile(in: folder.path)
            try file.keep(note)
            let size = try Data(contentsOf: URL(filePath: StopFile.path(in: folder.path))).count
            #expect(size == 256)
            #expect(StopFile.note(in: folder.path) == note)
            let found = try StopFile(in: folder.path).note
            #expect(found == note)
        }
    }

    @Test("the next start opens the incident that the process before it could not")
    func restart() throws {
        var rules = IncidentRules(after: StopNote(since: now, reasons: ["disk_full"]))
        #expect(rules.unreported == nil)
        rules.follow(["disk_full"], at: seconds(20))
        rules.follow([], at: seconds(90))
        let stop = try #require(rules.unreported)
        #expect(
            stop
                == IncidentRules.Stop(
                    since: now, until: seconds(90), reasons: ["disk_full", "restart"]))
        let order = try #require(
            IncidentRules.order(stop, IncidentRegister(), at: seconds(100)))
        #expect(order.severity == .critical && order.title.contains("90 s"), "\(order)")
        #expect(order.note.contains("disk_full, restart"), "\(order)")
    }

    @Test("a stop that was over, and not yet on record, is reported as it was")
    func unreported() {
        let note = StopNote(since: now, until: seconds(12), reasons: ["disk_full"])
        let rules = IncidentRules(after: note)
        #expect(
            rules.unreported
                == IncidentRules.Stop(since: now, until: seconds(12), reasons: ["disk_full"]))
    }

    @Test("a start within ten seconds is no incident")
    func quick() {
        var rules = IncidentRules(after: StopNote(since: now, reasons: ["disk_failing"]))
        rules.follow([], at: seconds(3))
        #expect(rules.unreported == nil)
    }

    @Test("the pulse of a process that was told opens the incident")
    func pulse() throws {
        let bench = try Bench([.contract(.putClient(id: "acme", name: "A"))]) { _ in }
        let since = bench.shared.ledgerTime.advanced(byMilliseconds: -60_000)
        var loop = PulseLoop(
            bench.shared, after: StopNote(since: since, reasons: ["disk_full"]),
            kernelPressure: { _ in 0 })
        // The rules look once a minute, first after ten seconds.
        for _ in 0...100 { loop.turn() }
        var found: [String] = []
        while let request = bench.shared.administration.next() {
            if case .incident(.open(_, let order, let rule)) = request.record.command {
                found.append("\(rule ?? "") \(order.note.contains("restart"))")
            }
        }
        #expect(found == ["\(IncidentRule.logStopped.rawValue) true"])
    }
}
