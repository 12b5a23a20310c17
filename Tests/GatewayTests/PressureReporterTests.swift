import Bytes
import Contract
import Ledger
import Testing
import Time

@testable import Gateway

@Suite("What became of a report of the pressure")
struct PressureReporterTests {
    private let decided = AdministrativeOutcome.decided(
        .success(.none), at: Timestamp(milliseconds: 0))

    @Test("a level is told when its report is decided, and nothing is told beside one")
    func decides() {
        let status = PressureReporter.ReportStatus()
        #expect(status.knownLevel == .calm)
        status.begin()
        #expect(status.knownLevel == nil)
        status.end(decided, .strained)
        #expect(status.knownLevel == .strained)
    }

    @Test("what a full disk did not take was not told")
    func refuses() {
        let status = PressureReporter.ReportStatus()
        status.begin()
        status.end(.noSpace, .strained)
        #expect(status.knownLevel == .calm)
        #expect(status.isRefused)
        status.begin()
        status.end(decided, .strained)
        #expect(status.knownLevel == .strained)
        #expect(!status.isRefused)
    }
}
