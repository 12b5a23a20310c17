import Sockets
import Testing

@testable import portillon_load

@Suite("Standstills of the machine")
struct StandstillTests {
    private func milliseconds(_ from: UInt64, _ to: UInt64) -> Range<UInt64> {
        from * 1_000_000..<to * 1_000_000
    }

    @Test("what several cores saw at the same time is one standstill")
    func merged() {
        let found = StandstillMeter.summary(
            of: [
                milliseconds(40, 44), milliseconds(10, 15), milliseconds(13, 18),
                milliseconds(12, 13), milliseconds(41, 43),
            ], within: 100_000_000)
        #expect(found.count == 2)
        #expect(found.longestMs == 8)
        #expect(found.share == 0.12)
        let none = StandstillMeter.summary(of: [], within: 0)
        #expect(none.count == 0 && none.longestMs == 0 && none.share == 0)
    }

    @Test("threads look at each core until they are stopped, and say what they took")
    func measured() {
        let cores = Cores.allowed
        let began = MonotonicClock.nanoseconds
        let meter = StandstillMeter(cores: cores)
        while MonotonicClock.nanoseconds - began < 50_000_000 {}
        let (found, quiet, cpuNanoseconds) = meter.stop()
        let elapsed = MonotonicClock.nanoseconds - began
        #expect(cpuNanoseconds > 0 && cpuNanoseconds < elapsed * UInt64(cores.count))
        #expect(found.share <= 1 && found.longestMs <= Double(elapsed) / 1e6)
        #expect((quiet != nil) == found.isRealTime)
        #expect((found.longestMs >= 2) == (found.count > 0), "less is the kernel's own work")
        // Stopping the threads left the caller's cores as they were.
        #expect(Cores.allowed == cores)
    }

    @Test("the report says it: in its file, on the terminal, on the page, and does not pass")
    func reported() throws {
        var report = SampleReport.soak()
        #expect(try RunReport(json: report.json()).runner.standstills == nil)
        report.runner.standstills = Standstills(
            count: 37, longestMs: 14.2, share: 0.018, isRealTime: true, stealShare: 0.001)
        let last = report.expectations.count - 1
        report.expectations[last].holds = false
        report.expectations[last].notJudged = "the machine stood still 1.8 % of the time"
        let again = try RunReport(json: report.json())
        #expect(again.runner.standstills == report.runner.standstills)
        #expect(!again.isPassed && again.outcome == .undecided(1, of: 2))

        let text = RunSummary(report: again, files: []).text()
        #expect(text.hasPrefix("NOT JUDGED: 1 of 2 expectations cannot be judged\n"))
        #expect(text.contains("\n    not judged: the machine stood still 1.8 % of the time\n"))
        #expect(!text.contains("FAILED"))
        #expect(
            text.replacing(/\s+/, with: " ").contains(
                "stood still 37 times, for 14.2 ms at the longest and 1.80 % of the time: a p99 of "
                    + "all answers says more about the machine than about the gateway."))
        let page = try ParsedPage(again)
        #expect(page.text.contains("– not judged: the machine stood still 1.8 % of the time"))
        #expect(page.all("p", class: "not-judged").count == 1)
        #expect(page.all("tr", class: "bad").isEmpty)

        // One that was judged by what the machine left alone says so.
        report.expectations[last].notJudged = nil
        report.expectations[last].holds = true
        report.expectations[last].note = report.runner.standstills?.note(share: 0.81, ofAll: "13")
        let note =
            "the machine stood still 1.8 % of the time: of the 81 % that were due apart "
            + "from that; 13 of all"
        #expect(RunSummary(report: report, files: []).text().contains("\n    \(note)\n"))
        #expect(try ParsedPage(report).text.contains("✓ ok: \(note)"))
        #expect(try RunReport(json: report.json()).expectations[last].note == note)

        // One that fails says more than one that is not judged.
        report.expectations[0].holds = false
        #expect(report.outcome == .failed(1, of: 2))
    }

    @Test("what was seen at ordinary priority is told as that")
    func ordinary() throws {
        let found = Standstills(count: 1, longestMs: 3, share: 0.4, isRealTime: false)
        #expect(!found.spoilsTails)
        let sentence = try #require(found.sentence(.terminal))
        #expect(sentence.contains("stood still once") && sentence.contains("nothing is judged"))
        let none = Standstills(count: 0, longestMs: 0, share: 0, isRealTime: true)
        #expect(none.sentence(.terminal) == nil)
    }
}
