import Bytes
import Foundation
import TestSupport
import Testing
import Time

@testable import Contract

@Suite("Cover: how many participants the declarations allow for (C1, C2)")
struct CoverTests {
    /// 2026-11-20T12:00:00Z.
    private let noon = Timestamp(milliseconds: 1_795_176_000_000)

    private func campaign(
        _ recipients: UInt32, declaredHoursBefore hours: Int64 = 24, withdrawn: Bool = false
    ) -> Campaign {
        var campaign = Campaign(
            id: "c-\(recipients)",
            declaration: CampaignDeclaration(channel: .email, recipients: recipients, starts: noon),
            declaredAt: noon.advanced(byMilliseconds: -hours * 3_600_000))
        if withdrawn { campaign.withdrawnAt = noon }
        return campaign
    }

    private func cover(_ notice: UInt32? = nil, _ campaigns: Campaign...) -> UInt32 {
        var declarations = Declarations()
        declarations.notice = notice.map {
            TrafficNotice(expectedParticipants: $0, declaredAt: noon)
        }
        declarations.campaigns = campaigns
        return Cover(declarations).participants
    }

    @Test("Nothing was declared: 50,000, and the 50,000th is still within")
    func undeclared() {
        #expect(cover() == 50_000)
        #expect(Cover.undeclared.holds(50_000))
        #expect(!Cover.undeclared.holds(50_001))
    }

    @Test("A notice of 80,000 allows for 80,000; one of 20,000 takes nothing away")
    func notice() {
        #expect(cover(80_000) == 80_000)
        #expect(cover(20_000) == 50_000)
    }

    @Test("A mailing to 200,000 allows for 200,000 participants")
    func mailing() {
        #expect(cover(nil, campaign(200_000)) == 200_000)
        #expect(cover(nil, campaign(30_000)) == 50_000)
    }

    @Test("Two campaigns reach people of their own: they add up")
    func sum() {
        #expect(cover(nil, campaign(120_000), campaign(130_000)) == 250_000)
        #expect(cover(nil, campaign(20_000), campaign(40_000)) == 60_000)
        #expect(cover(nil, campaign(.max), campaign(.max)) == .max)
    }

    @Test("A notice and campaigns: whichever is more, not both")
    func both() {
        #expect(cover(300_000, campaign(200_000)) == 300_000)
        #expect(cover(100_000, campaign(200_000)) == 200_000)
    }

    @Test("A campaign declared at the moment it starts, or later, is late and allows for nothing")
    func late() {
        #expect(cover(nil, campaign(200_000, declaredHoursBefore: 0)) == 50_000)
        #expect(cover(nil, campaign(200_000, declaredHoursBefore: -1)) == 50_000)
        #expect(campaign(1, declaredHoursBefore: 0).isLate)
        #expect(!campaign(1, declaredHoursBefore: 1).isLate)
    }

    @Test("A withdrawn campaign allows for nothing any more")
    func withdrawn() {
        #expect(cover(nil, campaign(200_000, withdrawn: true)) == 50_000)
        #expect(cover(nil, campaign(200_000, withdrawn: true), campaign(70_000)) == 70_000)
    }

    @Test("The warning comes at 80 %, rounded up")
    func warning() {
        #expect(Cover.undeclared.warningParticipants == 40_000)
        #expect(Cover(participants: 50_001).warningParticipants == 40_001)
        #expect(Cover(participants: 50_004).warningParticipants == 40_004)
        #expect(Cover(participants: .max).warningParticipants == 3_435_973_836)
    }
}

@Suite("Forecasts of the crossing")
struct ForecastTests {
    private let now = Timestamp(milliseconds: 1_795_176_000_000)

    private func made(_ participants: UInt32, _ arrived: UInt32) -> Forecast? {
        Forecast(
            participants: participants, cover: .undeclared, arrived: arrived, window: 30_000,
            at: now)
    }

    @Test("40,001 participants and 100 a second: in 100 seconds, between 92 and 108")
    func steady() throws {
        let forecast = try #require(made(40_001, 3_000))
        #expect(forecast.perSecond == 100)
        #expect(forecast.crossing == now.advanced(byMilliseconds: 100_000))
        let error = 1.96 * (1 / 3_000 + 1 / 10_000.0).squareRoot()
        #expect(forecast.earliest.milliseconds - now.milliseconds == Int64(100_000 * (1 - error)))
        #expect(forecast.latest.milliseconds - now.milliseconds == Int64(100_000 * (1 + error)))
    }

    @Test("few arrivals make it vague, and it never lies in the past")
    func vague() throws {
        let forecast = try #require(made(49_999, 1))
        #expect(forecast.earliest == now)
        #expect(forecast.latest > forecast.crossing)
    }

    @Test("there is none where nobody comes, or where the cover is crossed")
    func none() {
        #expect(made(10, 0) == nil)
        #expect(made(50_001, 100) == nil)
        #expect(made(50_000, 100) != nil)
    }

    @Test("of a thousand Poisson processes, 95 % cross within the bounds")
    func coverage() throws {
        var random = SeededGenerator(seed: 7)
        var within = 0
        for _ in 0..<1_000 {
            func arrivals(_ count: Int) -> Double {
                (0..<count).reduce(0.0) { sum, _ in
                    sum - log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &random))
                }
            }
            // At 10 a second: how many come within 30 s, then how long 200 more take.
            var arrived: UInt32 = 0
            var time = arrivals(1) / 10
            while time < 30 {
                arrived += 1
                time += arrivals(1) / 10
            }
            let truth = arrivals(201) / 10 * 1_000
            let forecast = try #require(
                Forecast(
                    participants: 49_800, cover: .undeclared, arrived: arrived, window: 30_000,
                    at: now))
            let start = now.milliseconds
            let bounds =
                Double(
                    forecast.earliest.milliseconds - start)...Double(
                    forecast.latest.milliseconds - start)
            if bounds.contains(truth) { within += 1 }
        }
        #expect((925...975).contains(within), "\(within)")
    }
}
