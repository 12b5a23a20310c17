import Foundation
import Testing

@testable import portillon_load

@Suite("report.json")
struct RunReportJSONTests {
    @Test("what is written is read back the same")
    func roundTrip() throws {
        for report in [SampleReport.televisionSpot(), SampleReport.soak()] {
            let json = try report.json()
            let again = try RunReport(json: json)
            #expect(try again.json() == json)
            #expect(again.streams[0].latency == report.streams[0].latency)
            #expect(again.gateway?.samples.count == report.gateway?.samples.count)
            #expect(again.outcome == report.outcome)
        }
    }

    @Test("keys are in snake_case, names are as they came")
    func keys() throws {
        var report = SampleReport.televisionSpot()
        report.streams[0].totals.verdicts["HTTP_Weird_name"] = 3
        report.scenario.operations = ["summer_Game": "summer_Game-1"]
        report.gateway?.samples[0].states = ["summer_Game": "open"]
        report.gateway?.participants = ["summer_Game": 4]
        let again = try RunReport(json: report.json())
        #expect(again.streams[0].totals.verdicts == report.streams[0].totals.verdicts)
        #expect(again.scenario.operations == report.scenario.operations)
        #expect(again.gateway?.samples[0].states == ["summer_Game": "open"])
        #expect(again.gateway?.participants == ["summer_Game": 4])

        let whole = try object(report.json())
        #expect(
            whole.keys.sorted() == [
                "admin", "duration_seconds", "expectations", "format", "gateway", "machine",
                "marks", "passed", "runner", "scenario", "started", "streams", "target",
            ])
        let stream = try #require((whole["streams"] as? [[String: Any]])?.first)
        let totals = try #require(stream["totals"] as? [String: Any])
        #expect(totals["duplicate_numbers"] as? Int == 0)
        #expect((totals["verdicts"] as? [String: Any])?["HTTP_Weird_name"] as? Int == 3)
        let latency = try #require(stream["latency"] as? [String: Any])
        #expect(
            latency.keys.sorted() == ["count", "max", "mean", "p50", "p90", "p99", "p999"])
        let runner = try #require(whole["runner"] as? [String: Any])
        #expect(
            runner.keys.sorted() == [
                "bottlenecks", "cpu_seconds", "lateness", "unread", "unstamped",
            ])
        let machine = try #require(whole["machine"] as? [String: Any])
        #expect(machine["cores_allowed"] as? Int == 1)
        let sample = try #require(
            ((whole["gateway"] as? [String: Any])?["samples"] as? [[String: Any]])?[1])
        #expect(sample["resident_bytes"] != nil && sample["cpu_seconds"] != nil)
    }

    @Test("the file says whether the run passed")
    func passed() throws {
        #expect(try object(SampleReport.televisionSpot().json())["passed"] as? Bool == false)
        #expect(try object(SampleReport.soak().json())["passed"] as? Bool == true)
    }

    @Test("the text has lines, sorted keys, and a line feed at its end")
    func layout() throws {
        let text = String(decoding: try SampleReport.soak().json(), as: UTF8.self)
        #expect(text.hasPrefix("{\n  \"admin\" : \"http://127.0.0.1:8081\",\n"))
        #expect(text.hasSuffix("}\n"))
    }

    @Test(
        "what is not a report is told apart",
        arguments: [
            ("", "it is not JSON"),
            ("{\"format\": 1", "it is not JSON"),
            ("[]", "the whole is not an object"),
            ("{}", "format is missing"),
            ("{\"format\": \"1\"}", "format is not a whole number"),
            ("{\"format\": null}", "format is null"),
            ("{\"format\": 2}", "its format is 2, and this program reads format 1"),
            ("{\"format\": 1}", "scenario is missing"),
        ])
    func refused(text: String, explanation: String) throws {
        let error = try #require(throws: ReportError.self) {
            try RunReport(json: Data(text.utf8))
        }
        #expect(error.explanation == explanation)
    }

    @Test("a wrong value is named by its place in the file")
    func place() throws {
        let text = String(decoding: try SampleReport.soak().json(), as: UTF8.self)
        let wrong = text.replacing("\"duplicate_numbers\" : 0", with: "\"duplicate_numbers\" : [1]")
        #expect(wrong != text)
        let error = try #require(throws: ReportError.self) {
            try RunReport(json: Data(wrong.utf8))
        }
        #expect(
            error.explanation == "streams[0].totals.duplicate_numbers is not a whole number")
    }

    @Test("a format that is written can be read")
    func format() {
        #expect(SampleReport.soak().format == RunReport.knownFormat)
    }

    private func object(_ json: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    }
}
