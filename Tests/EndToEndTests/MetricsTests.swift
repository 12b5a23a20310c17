import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Metrics are what was counted, in the format that was asked for")
    struct MetricsTests {
        @Test("Prometheus text by default: entries and participants as they were accepted")
        func prometheus() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                for name in ["anne", "bernard", "anne"] {
                    _ = try gateway.post(operation.entry(name))
                }
                let answer = try scrape(gateway)
                #expect(answer.status == 200)
                #expect(answer["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
                let lines = answer.text.split(separator: "\n").map(String.init)
                for expected in [
                    #"portillon_entries_total{operation="ete",verdict="accepted"} 2"#,
                    #"portillon_entries_total{operation="ete",verdict="repeated"} 1"#,
                    #"portillon_participants{operation="ete"} 2"#,
                    #"portillon_cover{operation="ete"} 50000"#,
                    #"portillon_operation_state{operation="ete",state="open"} 1"#,
                ] {
                    #expect(lines.contains(expected), "\(expected)")
                }
                for name in [
                    "portillon_http_requests_total", "portillon_connections",
                    "portillon_commit_duration_seconds", "portillon_commit_entries",
                    "portillon_queue_wait_seconds", "portillon_journal_bytes",
                    "portillon_build_info", "portillon_pressure", "process_cpu_seconds_total",
                    "process_resident_memory_bytes",
                ] {
                    #expect(lines.contains { $0.hasPrefix("# HELP \(name) ") }, "\(name)")
                    #expect(lines.contains { $0.hasPrefix("# TYPE \(name) ") }, "\(name)")
                }
                #expect(!answer.text.contains("# EOF"))
            }
        }

        @Test("every family is declared once, before its samples, and no series comes twice")
        func wellFormed() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                _ = try gateway.post(operation.entry("anne"))
                var types: [String: String] = [:]
                var series: Set<Substring> = []
                for line in try scrape(gateway).text.split(separator: "\n") {
                    let words = line.split(separator: " ")
                    if line.hasPrefix("# TYPE ") {
                        let name = String(words[2])
                        #expect(types.updateValue(String(words[3]), forKey: name) == nil, "\(line)")
                    }
                    if line.hasPrefix("#") { continue }
                    let name = String(line.prefix { $0 != "{" && $0 != " " })
                    let ends = ["", "_bucket", "_sum", "_count"].filter { name.hasSuffix($0) }
                    let families = ends.map { String(name.dropLast($0.count)) }
                    let type = families.compactMap { types[$0] }.last
                    #expect(type != nil, "no TYPE before \(line)")
                    #expect(type != "counter" || name.hasSuffix("_total"), "\(line)")
                    let value = words.last.map(String.init) ?? ""
                    #expect(Double(value) != nil || value == "+Inf", "\(line)")
                    #expect(series.insert(line.dropLast(value.count)).inserted, "twice: \(line)")
                }
                #expect(series.count > 20)
            }
        }

        @Test("OpenMetrics by Accept, ended by # EOF")
        func openMetrics() throws {
            try withGateway { gateway in
                let accept = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"
                let answer = try scrape(gateway, [("Accept", accept)])
                let type = answer["content-type"] ?? ""
                #expect(type.hasPrefix("application/openmetrics-text; version=1.0.0"), "\(type)")
                #expect(answer.text.hasSuffix("# EOF\n"))
                // A counter's family goes without the suffix of its samples.
                #expect(answer.text.contains("# TYPE portillon_http_requests counter\n"))
            }
        }

        @Test("gzip by Accept-Encoding, the same text when unpacked")
        func gzip() throws {
            try withGateway { gateway in
                let answer = try scrape(gateway, [("Accept-Encoding", "gzip")])
                #expect(answer["content-encoding"] == "gzip", "\(answer.fields)")
                #expect(answer.body.starts(with: [0x1F, 0x8B]))
                #expect(answer["vary"]?.lowercased().contains("accept-encoding") == true)
                let packed = gateway.directory.path("metrics.gz")
                try Data(answer.body).write(to: URL(filePath: packed))
                let unpacking = try ChildProcess(
                    ["/bin/gzip", "-dc", packed], environment: [:],
                    output: gateway.directory.path("metrics.txt"),
                    errors: gateway.directory.path("gzip.log"))
                #expect(unpacking.wait(atMostSeconds: 30) == .exit(0))
                #expect(gateway.directory.text("metrics.txt").contains("\nportillon_build_info{"))
            }
        }

        private func scrape(
            _ gateway: Gateway, _ fields: [(name: String, value: String)] = []
        ) throws -> HTTPAnswer {
            // On a loopback address no token is needed.
            let request = HTTPRequest("GET", "/metrics", fields)
            return try HTTPConnection(port: gateway.adminPort).exchange(request.text)
        }
    }
}
