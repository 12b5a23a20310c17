import Histogram
import Testing

@testable import portillon_load

@Suite("The summary on the terminal")
struct RunSummaryTests {
    @Test("a failing run says so first, then which expectations, figures and files")
    func failing() throws {
        let report = SampleReport.televisionSpot()
        let text = RunSummary(report: report, files: ["out/report.json", "out/report.html"]).text()
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[0] == "FAILED: 2 of 6 expectations do not hold")
        #expect(lines[1] == "A spot on prime-time television (television-spot.json)")
        #expect(
            text.contains(
                """
                  ✓ ok      spot     p99_ms                      38.2119  at most 50    \
                seconds 0 to 10
                  ✗ FAILED  spot     p99_ms                      1 204.7  at most 250
                """))
        #expect(text.contains("✗ FAILED  gateway  lost_entries       nothing measured  exactly 0"))
        #expect(text.contains("The runner kept its schedule"))
        #expect(text.contains("Stream spot, to operation game: surge to 2 120/s after 10 s"))
        let totals = report.streams[0].totals
        let numbers = NumberFormat.terminal
        #expect(text.contains("due \(numbers.count(totals.due)), sent "))
        #expect(text.contains("accepted \(numbers.count(totals.verdicts["accepted"] ?? 0)) ("))
        #expect(text.contains("latency, from due"))
        #expect(text.contains("service, from send"))
        let pace = numbers.decimal(report.streams[0].answersPerSecond, places: 1)
        #expect(text.contains("\(pace) answers a second"))
        #expect(!text.contains("DUPLICATE"))
        #expect(text.hasSuffix("\nWritten: out/report.json\nWritten: out/report.html\n"))
    }

    @Test("a passing run says so, and a run that expects nothing does not pass")
    func passing() {
        var report = SampleReport.soak()
        #expect(
            RunSummary(report: report, files: []).text()
                .hasPrefix("PASSED: both expectations hold\n"))
        report.expectations = []
        let text = RunSummary(report: report, files: []).text()
        #expect(text.hasPrefix("NOT JUDGED: the scenario expects nothing\n"))
        #expect(!text.contains("Written"))
    }

    @Test("how long answers lay unread, and where their times are from, is always said")
    func unread() {
        var report = SampleReport.soak()
        func text() -> String {
            RunSummary(report: report, files: []).text().replacing(/\s+/, with: " ")
        }
        #expect(
            text().contains(
                "Answers lay unread for 0.080 ms at a mean, 99 % at most 0.600 ms, by the kernel's "
                    + "stamps; latencies end before that. The runner used"))
        report.runner.unstamped = 1_200
        #expect(text().contains("end before that, but for 1 200 answers without a stamp."))
        report.runner.unstamped = 1
        #expect(text().contains("end before that, but for 1 answer without a stamp."))
        report.runner.bottlenecks = ["a"]
        #expect(text().contains("Answers lay unread for 0.080 ms"))
        report.runner.unread = Percentiles(Histogram<UInt64>())
        #expect(text().contains("each one is counted as come when the runner read it."))
        report.runner.unstamped = 0
        #expect(!text().contains("counted as come"))
    }

    @Test("bottlenecks of the runner are a warning in place of its punctuality")
    func bottlenecks() {
        var report = SampleReport.soak()
        report.runner.bottlenecks = ["no source port was free for 12 s"]
        let text = RunSummary(report: report, files: []).text()
        #expect(
            text.contains(
                "WARNING: The runner itself was the bottleneck:\n"
                    + "  - no source port was free for 12 s\n"))
        #expect(!text.contains("kept its schedule"))
    }

    @Test("numbers given twice are shouted")
    func duplicates() {
        var report = SampleReport.soak()
        report.streams[0].totals.duplicateNumbers = 3
        let text = RunSummary(report: report, files: []).text()
        #expect(text.contains("DUPLICATE participant numbers: 3"))
    }

    @Test("no line is longer than a hundred columns, but a path that has to be")
    func columns() {
        var report = SampleReport.televisionSpot()
        let long = String(repeating: "long-name-", count: 30)
        report.scenario.title = long
        report.streams[0].name = long
        report.streams[0].totals.verdicts[long] = 12
        report.runner.bottlenecks = [
            String(repeating: "a sentence ", count: 40), "short", long,
        ]
        report.expectations[0].subject = long
        report.expectations[0].bound = long
        report.expectations[0].window = long
        let text = RunSummary(report: report, files: [long]).text()
        for line in text.split(separator: "\n") where !line.hasPrefix("Written") {
            #expect(line.count <= 100, "\(line)")
        }
        #expect(text.contains("Written: \(long)\n"))
        #expect(text.contains("✓ ok"))
    }

    @Test("colours come only if they are asked for, and change no word")
    func colours() {
        var report = SampleReport.televisionSpot()
        report.runner.bottlenecks = ["a"]
        let summary = RunSummary(report: report, files: [])
        let coloured = summary.text(inColour: true)
        #expect(!summary.text().contains("\u{1B}"))
        #expect(coloured.hasPrefix("\u{1B}[1;31mFAILED\u{1B}[0m: "))
        #expect(coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "") == summary.text())
    }
}
