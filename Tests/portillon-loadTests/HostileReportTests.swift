import Foundation
import Testing

@testable import portillon_load

@Suite("A report that means harm")
struct HostileReportTests {
    private static let attack =
        "</title></style><script>alert('1')</script>\"'><img src=x onerror=1>"
        + "&amp;{{7}}\u{0}\u{1B}]0;x\u{7}\u{202E}]]>-->"

    /// Every name and sentence of a report is the attack.
    private var report: RunReport {
        var report = SampleReport.televisionSpot()
        let attack = Self.attack
        report.scenario = ScenarioNote(
            file: attack, title: attack, description: attack, operations: [attack: attack])
        report.target = attack
        report.admin = attack
        report.started = attack
        report.machine.processor = attack
        report.machine.kernel = attack
        report.runner.bottlenecks = [attack]
        report.marks = [TimelineMark(at: 12, label: attack)]
        report.streams[0].name = attack
        report.streams[0].operation = attack
        report.streams[0].schedule = attack
        report.streams[0].totals.verdicts[attack] = 1_000
        report.streams[0].totals.errors[attack] = 7
        for index in report.streams[0].seconds.indices {
            report.streams[0].seconds[index].verdicts[attack] = 90
        }
        report.gateway?.participants = [attack: 1]
        for index in 0..<5 {
            report.gateway?.samples[index].pressure = attack
            report.gateway?.samples[index].states = [attack: attack]
        }
        report.expectations = [
            ExpectationOutcome(
                subject: attack, figure: attack, bound: attack, window: attack, found: nil,
                holds: false)
        ]
        return report
    }

    @Test("names, sentences and URLs stay text")
    func escaping() throws {
        let text = ReportPage(report).text
        #expect(!text.contains("<img"))
        #expect(!text.contains("<script>alert"))
        #expect(!text.contains("\u{202E}"))
        let harmless = try ParsedPage(SampleReport.televisionSpot())
        let page = try ParsedPage(report)
        #expect(page.all("script").map(\.text) == harmless.all("script").map(\.text))
        #expect(page.all("style").map(\.text) == harmless.all("style").map(\.text))
        // No element and no attribute that a page without the attack has not.
        let names = Set(harmless.elements.map(\.name) + ["div"])
        #expect(Set(page.elements.map(\.name)).subtracting(names).isEmpty)
        let attributes = Set(harmless.elements.flatMap(\.attributes.keys))
        #expect(Set(page.elements.flatMap(\.attributes.keys)).subtracting(attributes).isEmpty)
        #expect(page.all("h1").first?.text == Self.attack.printable)
    }

    @Test("what is outside chooses no class, no style and no fill")
    func attributes() throws {
        let page = try ParsedPage(report)
        for element in page.elements {
            for name in ["class", "style", "fill", "id", "x", "width", "points"] {
                #expect(element[name]?.contains("alert") != true, "\(element.name) \(name)")
            }
        }
        #expect(page.all("svg").contains { $0["aria-label"]?.contains("alert") == true })
    }

    @Test("the terminal is not steered, and its lines stay within their columns")
    func summary() {
        let text = RunSummary(report: report, files: ["a\u{1B}[2J\nb"]).text()
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
        #expect(!text.contains("\u{202E}"))
        for line in text.split(separator: "\n") where !line.hasPrefix("Written") {
            #expect(line.count <= RunSummary.columns, "\(line)")
        }
    }

    @Test(
        "no number stops the page or the summary",
        arguments: [Double.nan, .infinity, -.infinity, 1e300, -1e300, .leastNonzeroMagnitude, 0])
    func numbers(value: Double) throws {
        var report = SampleReport.televisionSpot()
        let maximum = value > 0 ? Int.max : Int.min
        report.durationSeconds = value
        report.runner.cpuSeconds = value
        report.runner.lateness.p99 = value
        report.runner.unread.mean = value
        report.runner.unstamped = maximum
        report.marks = [TimelineMark(at: value, label: "a"), TimelineMark(at: -value, label: "b")]
        report.expectations[0].found = value
        report.streams[0].answersPerSecond = value
        report.streams[0].totals.sent = maximum
        report.streams[0].totals.verdicts = ["accepted": maximum, "waiting": maximum]
        report.streams[0].totals.participants = maximum
        report.streams[0].latency = Percentiles(
            count: maximum, mean: value, p50: value, p90: value, p99: value, p999: value, max: value
        )
        for index in 3..<9 {
            report.streams[0].seconds[index] = StreamSecond(
                second: index == 8 ? maximum : index, due: maximum, sent: maximum,
                answered: maximum,
                verdicts: ["accepted": maximum, "waiting": maximum], errors: maximum, p50: value,
                p90: value, p99: -value, max: value, backlog: maximum)
            report.gateway?.samples[index].at = value
            report.gateway?.samples[index].cpuSeconds = value
            report.gateway?.samples[index].residentBytes = maximum
            report.gateway?.samples[index].openDescriptors = maximum
        }
        report.streams.append(report.streams[0])
        let page = try ParsedPage(report)
        let shapes = page.all("polyline") + page.all("polygon")
        let coordinates = shapes.compactMap { $0["points"] }.joined().lowercased()
        #expect(!coordinates.contains("n") && !coordinates.contains("e"))
        #expect(!RunSummary(report: report, files: []).text().isEmpty)
    }

    @Test("hundreds of verdicts become ten and the others")
    func manyVerdicts() throws {
        var report = SampleReport.televisionSpot()
        for code in 300..<600 { report.streams[0].totals.verdicts["http_\(code)"] = code }
        #expect(try ParsedPage(report).all("polygon").count == 12)
    }
}
