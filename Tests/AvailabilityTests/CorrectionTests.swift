import Availability
import Testing
import Time

@Suite("Corrections are records of their own")
struct CorrectionTests {
    private let hour = utc(2026, 11, 10, 12)..<utc(2026, 11, 10, 13)
    private let later = utc(2026, 11, 11)

    private func correction(
        _ interval: Range<Timestamp>, _ finding: Correction.Finding, author: String = "anne",
        reason: String = "the probe's own network was down", at time: Timestamp? = nil
    ) throws(CorrectionError) -> Correction {
        try Correction(
            Range(beginningIn: interval), are: finding, author: author, reason: reason,
            recordedAt: time ?? later)
    }

    private func november(_ corrections: [Correction]) -> MonthAvailability {
        var platform = MinuteHistory.of(.accessible, utc(2026, 11, 1)..<hour.lowerBound)
        platform.add(.notAccessible, hour)
        platform.add(.accessible, hour.upperBound..<utc(2026, 12, 1))
        let facts = ServiceFacts(
            contract: utc(2026, 1, 1)..<utc(2027, 1, 1), platform: platform,
            corrections: corrections)
        return MonthAvailability(
            CivilMonth(2026, 11), of: facts, in: .utc, until: utc(2026, 12, 2))
    }

    @Test("A wrong probe is set right; what it found stays in the raw figures")
    func rawStays() throws {
        let month = november([try correction(hour, .accessible)])
        #expect(month.byA.lostMinutes == 0)
        #expect(month.byB.lostMinutes == 0)
        #expect(month.raw.notAccessibleMinutes == 60)
        #expect(month.raw.percentText == "99.861")
    }

    @Test("The last correction of a minute counts, and one can take others back")
    func order() throws {
        let half = hour.lowerBound..<hour.lowerBound.advanced(byMilliseconds: 1_800_000)
        let all = try correction(hour, .accessible)
        let unmeasured = try correction(half, .unmeasured)
        #expect(november([all, unmeasured]).byA.unmeasuredMinutes == 30)
        #expect(november([all, unmeasured]).byA.lostMinutes == 30)
        #expect(november([unmeasured, all]).byA.lostMinutes == 0)
        let back = try correction(half, .asMeasured)
        #expect(november([all, unmeasured, back]).byA.notAccessibleMinutes == 30)
        #expect(november([all, unmeasured, back]).byA.unmeasuredMinutes == 0)
    }

    @Test("A correction can make a minute worse, too")
    func worse() throws {
        let other = utc(2026, 11, 20, 1)..<utc(2026, 11, 20, 2)
        let worse = november([
            try correction(other, .notAccessible, at: utc(2026, 11, 21))
        ])
        #expect(worse.byA.notAccessibleMinutes == 120)
    }

    @Test("It names who and why, and corrects what is over only")
    func refusals() {
        #expect(throws: CorrectionError.noAuthor) { try correction(hour, .accessible, author: "") }
        #expect(throws: CorrectionError.noReason) { try correction(hour, .accessible, reason: "") }
        #expect(throws: CorrectionError.notOver) {
            try correction(hour, .accessible, at: utc(2026, 11, 10, 12, 59))
        }
        #expect(throws: CorrectionError.noMinutes) {
            try correction(hour.lowerBound..<hour.lowerBound, .accessible)
        }
        #expect(throws: CorrectionError.tooManyMinutes) {
            try correction(utc(2026, 1, 1)..<utc(2026, 3, 1), .accessible)
        }
    }
}
