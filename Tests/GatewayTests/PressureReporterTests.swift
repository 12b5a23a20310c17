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
        let fate = PressureReporter.Fate()
        #expect(fate.told == .calm)
        fate.begin()
        #expect(fate.told == nil)
        fate.end(decided, .strained)
        #expect(fate.told == .strained)
    }

    @Test("what a full disk did not take was not told")
    func refuses() {
        let fate = PressureReporter.Fate()
        fate.begin()
        fate.end(.noSpace, .strained)
        #expect(fate.told == .calm)
        #expect(fate.isRefused)
        fate.begin()
        fate.end(decided, .strained)
        #expect(fate.told == .strained)
        #expect(!fate.isRefused)
    }
}
