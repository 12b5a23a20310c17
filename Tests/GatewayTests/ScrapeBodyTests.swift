import Evidence
import Exposition
import Ledger
import Projections
import Testing
import Time

@testable import Gateway

@Suite("A scrape is made piece by piece")
struct ScrapeBodyTests {
    private func commands(_ operations: Int) -> [AdministrativeCommand] {
        let settings = OperationSettings(
            client: "acme", title: "T", rule: .once, robots: .observe, policy: .advise)
        var commands: [AdministrativeCommand] = [.contract(.putClient(id: "acme", name: "A"))]
        for number in 0..<operations {
            commands.append(
                .operation(.put(id: "o-\(number)", settings: settings, dataKeyID: "d-\(number)")))
        }
        return commands
    }

    /// A gateway with so many operations, which stands still.
    private func bench(_ operations: Int, clock: HandClock = HandClock()) throws -> Bench {
        try Bench(commands(operations), clock: clock)
    }

    private func pieces(of body: ScrapeBody) throws -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        while let piece = try body.next() { pieces.append(piece) }
        return pieces
    }

    @Test("of 64 KiB at most, with every series of every operation once, and one end")
    func pieces() throws {
        let bench = try bench(100)
        for format in [MetricsFormat.prometheus, .openMetrics] {
            let pieces = try pieces(of: ScrapeBody(bench.control.metrics, format))
            #expect(pieces.count > 3)
            #expect(pieces.allSatisfy { !$0.isEmpty && $0.count <= 64 << 10 })
            #expect(pieces.dropLast().allSatisfy { $0.count == 64 << 10 }, "each but the last full")
            let text = String(decoding: pieces.joined(), as: UTF8.self)
            let lines = text.split(separator: "\n")
            let series = lines.filter { !$0.hasPrefix("#") }
                .map { $0[..<($0.lastIndex(of: " ") ?? $0.endIndex)] }
            #expect(Set(series).count == series.count, "no series comes twice")
            for number in [0, 57, 99] {
                for name in ["portillon_entries_total", "portillon_refusals_total"] {
                    #expect(
                        series.contains { $0.hasPrefix("\(name){operation=\"o-\(number)\",") })
                }
            }
            let ends = lines.filter { $0 == "# EOF" }.count
            #expect(ends == (format == .openMetrics ? 1 : 0))
            #expect(format == .prometheus || text.hasSuffix("\n# EOF\n"))
        }
    }

    @Test("in the order that a scrape has always had")
    func order() throws {
        let bench = try bench(2)
        let pieces = try pieces(of: ScrapeBody(bench.control.metrics, .prometheus))
        let families = String(decoding: pieces.joined(), as: UTF8.self)
            .split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
            .map { String($0.split(separator: " ")[2]) }
        #expect(
            families.prefix(22) == [
                "portillon_entries_total", "portillon_test_entries_total",
                "portillon_participants", "portillon_cover", "portillon_missing_notice",
                "portillon_robots_total", "portillon_robot_verdicts_total",
                "portillon_robot_findings_total", "portillon_operation_state",
                "portillon_cover_crossing_timestamp_seconds", "portillon_pace_per_second",
                "portillon_waiting", "portillon_withheld_connections",
                "portillon_refusals_total", "portillon_source_entries_total",
                "portillon_entry_duration_seconds", "portillon_http_requests_total",
                "portillon_http_request_duration_seconds", "portillon_http_rejections_total",
                "portillon_shed_total", "portillon_connections", "portillon_parked_bytes",
            ])
        #expect(families.last == "portillon_tokens_refused_total")
    }

    @Test("of the operations that stood when it began, in each of its families")
    func operations() throws {
        let bench = try bench(40)
        let body = ScrapeBody(bench.control.metrics, .prometheus)
        let first = try #require(try body.next())
        var ledger = Ledger()
        for command in commands(41) {
            _ = try ledger.apply(command, by: .admin, at: Timestamp(milliseconds: 0))
        }
        let views = Projections(catalogue: ledger.catalogue, evidence: EvidenceIndex())
        bench.shared.publish(views.state)
        let rest = try pieces(of: body)
        let text = String(decoding: ([first] + rest).joined(), as: UTF8.self)
        #expect(text.contains("\nportillon_waiting{operation=\"o-39\"}"))
        #expect(!text.contains("o-40"))
        let next = try pieces(of: ScrapeBody(bench.control.metrics, .prometheus))
        #expect(String(decoding: next.joined(), as: UTF8.self).contains("o-40"))
    }

    @Test("within a minute: a text that takes longer would be of no one moment")
    func slow() throws {
        let clock = HandClock()
        let bench = try bench(40, clock: clock)
        let body = ScrapeBody(bench.control.metrics, .prometheus)
        #expect(try body.next()?.isEmpty == false)
        clock.advance(milliseconds: 59_999)
        #expect(try body.next()?.isEmpty == false)
        clock.advance(milliseconds: 1)
        #expect(throws: LongAnswer.TakenTooSlowly.self) { try body.next() }
    }
}
