import Foundation
import Testing

@testable import portillon_load

@Suite("The page of a report")
struct ReportPageTests {
    @Test("a page is well-formed, and has each stream's plots and the gateway's")
    func plots() throws {
        let page = try ParsedPage(SampleReport.televisionSpot())
        let titles = page.all("h3").map(\.text)
        #expect(
            titles == [
                "Throughput", "Latency, from due", "Verdicts", "Due and waiting for a connection",
                "State of the gateway", "State of the gateway", "Processor use", "Resident memory",
                "Open descriptors",
            ])
        let drawings = page.all("svg", class: "drawing")
        #expect(drawings.count == titles.count)
        #expect(drawings.allSatisfy { $0["role"] == "img" && $0["aria-label"]?.isEmpty == false })
    }

    @Test("it says what came of the run, and what was found")
    func outcome() throws {
        let report = SampleReport.televisionSpot()
        let page = try ParsedPage(report)
        #expect(page.all("p", class: "failed").map(\.text).count == 1)
        #expect(page.text.contains("failed: 2 of 6 expectations do not hold"))
        #expect(page.text.contains("spot: p99_ms should be at most 250, was 1\u{202F}204.7"))
        #expect(page.text.contains("gateway: lost_entries should be exactly 0, nothing was"))
        #expect(page.all("tr", class: "bad").count == 2)
        #expect(page.text.contains("accepted33\u{202F}"), "verdicts have their counts")
        let pace = NumberFormat.page.decimal(report.streams[0].answersPerSecond, places: 1)
        #expect(page.text.contains("answers a second\(pace)"))
        #expect(page.text.contains("coordinated omission"))
        #expect(page.text.contains(report.machine.processor))

        let passed = try ParsedPage(SampleReport.soak())
        #expect(passed.text.contains("passed: both expectations hold"))
        #expect(passed.all("p", class: "passed").count == 1)
        #expect(passed.all("tr", class: "bad").isEmpty)
    }

    @Test("nothing expected is not a pass")
    func notJudged() throws {
        var report = SampleReport.soak()
        report.expectations = []
        let page = try ParsedPage(report)
        #expect(page.text.contains("not judged: the scenario expects nothing"))
        #expect(!page.text.contains("passed"))
    }

    @Test("a runner that was the bottleneck is a warning, one that was not is a line")
    func bottleneck() throws {
        var report = SampleReport.soak()
        let kept = try ParsedPage(report)
        #expect(kept.all("div", class: "warning").isEmpty)
        #expect(kept.text.contains("kept its schedule"))
        report.runner.bottlenecks = ["no source port was free for 12 s"]
        let page = try ParsedPage(report)
        let warning = try #require(page.all("div", class: "warning").first)
        #expect(warning.text.contains("The runner itself was the bottleneck:"))
        #expect(warning.text.contains("no source port was free for 12 s"))
        #expect(!page.text.contains("kept its schedule"))
    }

    @Test("a mark stands in every plot, at the same place, with its label")
    func marks() throws {
        let report = SampleReport.televisionSpot()
        let page = try ParsedPage(report)
        let marks = page.all("g", class: "mark")
        #expect(marks.count == page.all("svg", class: "drawing").count)
        #expect(marks.allSatisfy { $0.text.contains("restart (KILL)") })
        let place = Timeline(report).place(34.2)
        #expect(page.all("line").count { $0["x1"] == place && $0["x2"] == place } == marks.count)
    }

    @Test("all plots have the same ticks of time")
    func sharedAxis() throws {
        let page = try ParsedPage(SampleReport.televisionSpot())
        let plots = page.all("svg", class: "drawing").count
        let ticks = page.all("text", class: "second").map { "\($0["x"] ?? "") \($0.text)" }
        #expect(Set(ticks).count == 7)
        #expect(ticks.count == 7 * plots)
        #expect(ticks.prefix(7) == ticks.suffix(7))
        #expect(ticks.last?.hasSuffix("60 s") == true)
        // A narrow page hides every other one, never the one with the unit.
        let hidden = page.all("text", class: "between").map(\.text)
        #expect(Set(hidden) == ["10", "30", "50"])
    }

    @Test("no line of a long run has more than a thousand points, and its worst second is there")
    func thinned() throws {
        let page = try ParsedPage(SampleReport.soak())
        let shapes = page.all("polyline") + page.all("polygon")
        let counts = shapes.compactMap { $0["points"]?.split(separator: " ").count }
        #expect(counts.count == shapes.count)
        #expect(counts.contains { $0 >= 900 })
        // An area has two corners more.
        #expect(counts.allSatisfy { $0 <= Thinning.limit + 2 })
        let maxima = try #require(
            page.all("li").first {
                $0.text.trimmingCharacters(in: .whitespacesAndNewlines) == "max"
            })
        let values = maxima["data-values"]?.split(separator: ";", omittingEmptySubsequences: false)
        #expect(values?.count == 900)
        let worst = NumberFormat.page.milliseconds(SampleReport.soakMaximum) + " ms"
        #expect(values?[600] == Substring(worst))
        #expect(page.text.contains("Each point stands for 2 s"))
    }

    @Test("a second without answers is a gap in the latencies")
    func gaps() throws {
        let page = try ParsedPage(SampleReport.televisionSpot())
        #expect(page.all("polyline", class: "p50").count == 2)
        #expect(page.all("polyline", class: "due").count == 1)
    }

    @Test("the page needs no other file and no network")
    func selfContained() throws {
        let page = try ParsedPage(SampleReport.televisionSpot())
        let foreign: Set<String> = ["link", "img", "iframe", "object", "embed", "base", "a", "use"]
        #expect(page.elements.allSatisfy { !foreign.contains($0.name) })
        #expect(page.elements.allSatisfy { $0["src"] == nil && $0["href"] == nil })
        let style = page.all("style").map(\.text).joined()
        #expect(style.contains("prefers-color-scheme"))
        #expect(!style.contains("@import") && !style.contains("url("))
        let script = page.all("script").map(\.text).joined()
        #expect(!script.contains("fetch") && !script.contains("import"))
        let policy = page.all("meta").compactMap { $0["content"] }
        #expect(policy.contains { $0.hasPrefix("default-src 'none'") })
        let ids = page.elements.compactMap { $0["id"] }
        #expect(Set(ids).count == ids.count)
        for fill in page.elements.compactMap({ $0["fill"] }) {
            #expect(ids.contains { fill == "url(#\($0))" }, "\(fill) is defined on the page")
        }
    }

    @Test("a run without a gateway's word, without streams, without seconds has a page")
    func sparse() throws {
        var report = SampleReport.soak()
        report.gateway = nil
        report.streams[0].seconds = []
        #expect(try ParsedPage(report).all("figure").isEmpty)
        report.streams = []
        report.admin = nil
        report.durationSeconds = 0
        #expect(try ParsedPage(report).text.contains("not asked"))
    }
}
