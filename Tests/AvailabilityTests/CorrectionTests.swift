import Availability
import Testing
import Time

@Suite("Corrections are records of their own")
struct CorrectionTests {
    private let hour = utc(2026, 11, 10, 12)..<utc(2026, 11, 10, 13)
    private let later = utc(2026, 11, 11)

    private func correction(
        _ interval: Range<Timestamp>, _ finding: Correction.Finding, client: String? = nil,
        author: String = "anne", reason: String = "the probe's own network was down",
        at time: Timestamp? = nil
    ) throws(CorrectionError) -> Correction {
        try Correction(
            Range(beginningIn: interval), are: finding, client: client, author: author,
            reason: reason, recordedAt: time ?? later)
    }

    private func november(
        _ corrections: [Correction], own: MinuteHistory = MinuteHistory()
    ) -> MonthAvailability {
        var platform = MinuteHistory.of(.accessible, utc(2026, 11, 1)..<hour.lowerBound)
        platform.add(.notAccessible, hour)
        platform.add(.accessible, hour.upperBound..<utc(2026, 12, 1))
        let facts = ServiceFacts(
            contract: utc(2026, 1, 1)..<utc(2027, 1, 1), platform: platform, own: own,
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

    @Test("A correction for all clients leaves a client the minutes that it lost by itself")
    func ownMinutes() throws {
        let half = hour.lowerBound..<hour.lowerBound.advanced(byMilliseconds: 1_800_000)
        let own = MinuteHistory.of(.notAccessible, half)
        let all = try correction(hour, .accessible)
        #expect(november([all], own: own).byA.notAccessibleMinutes == 30)
        let unmeasured = try correction(hour, .unmeasured)
        #expect(november([unmeasured], own: own).byA.unmeasuredMinutes == 30)
        // One for the client alone says what the minutes were for it, whatever comes later.
        let mine = try correction(half, .accessible, client: "acme")
        #expect(november([all, mine], own: own).byA.lostMinutes == 0)
        #expect(november([mine, all], own: own).byA.lostMinutes == 0)
        #expect(november([mine], own: own).byA.lostMinutes == 30)
        let back = try correction(half, .asMeasured, client: "acme")
        #expect(november([mine, all, back], own: own).byA.notAccessibleMinutes == 30)
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
