import TestSupport
import Testing
import Time

@testable import Contract

@Suite("What must be told, and what was announced (C1, C2)")
struct MissingNoticeTests {
    /// 2026-11-20T12:00:00Z.
    private let noon = Timestamp(milliseconds: 1_795_176_000_000)

    private func campaign(
        _ recipients: UInt32, _ channel: Channel = .email, source: String? = nil,
        declaredSecondsBefore seconds: Int64 = 60
    ) -> Campaign {
        Campaign(
            id: "c-1",
            declaration: CampaignDeclaration(
                channel: channel, recipients: recipients, starts: noon, source: source),
            declaredAt: noon.advanced(byMilliseconds: -seconds * 1_000))
    }

    private func declarations(_ notice: UInt32? = nil, _ campaigns: Campaign...) -> Declarations {
        var declarations = Declarations()
        declarations.notice = notice.map {
            TrafficNotice(expectedParticipants: $0, declaredAt: noon)
        }
        declarations.campaigns = campaigns
        return declarations
    }

    private func seconds(_ seconds: Int64) -> Timestamp {
        noon.advanced(byMilliseconds: seconds * 1_000)
    }

    // MARK: Every campaign

    @Test("every campaign is told; broadcast and social advertising are named without a figure")
    func channels() {
        for channel in Channel.allCases {
            let duty = CampaignDuty(channel, recipients: 1)
            let isNamed = [.television, .radio, .social].contains(channel)
            #expect(duty == (isNamed ? .namedWithoutFigure : .everyCampaign), "\(channel)")
        }
    }

    @Test("more than 100,000 people: particularly; campaigns that run together add up")
    func addition() {
        #expect(CampaignDuty(.email, recipients: 100_000) == .everyCampaign)
        #expect(CampaignDuty(.email, recipients: 100_001) == .particularly)
        #expect(
            CampaignDuty(.sms, recipients: 60_000, besideRecipients: 60_000) == .particularly)
        #expect(
            CampaignDuty(.sms, recipients: 60_000, besideRecipients: 40_000) == .everyCampaign)
        #expect(CampaignDuty(.press, recipients: 1, besideRecipients: .max) == .particularly)
    }

    // MARK: Expected participants

    @Test("expected participants are recipients weighted by the channel's response")
    func expected() {
        #expect(campaign(250_000).declaration.expectedParticipants == 25_000)
        #expect(campaign(1, .display).declaration.expectedParticipants == 1, "rounded up")
        #expect(campaign(.max, .sms).declaration.expectedParticipants == 601_295_422)
        #expect(declarations().expectedParticipants == nil)
        #expect(declarations(80_000).expectedParticipants == 80_000)
        #expect(
            declarations(1_000, campaign(250_000), campaign(50_000)).expectedParticipants
                == 30_000)
        var withdrawn = campaign(250_000)
        withdrawn.withdrawnAt = noon
        #expect(declarations(nil, withdrawn).expectedParticipants == nil)
    }

    // MARK: A rise

    @Test("as many as were announced for now may come within a window, and never fewer than free")
    func announced() {
        let policy = Policy()
        let mailings = declarations(nil, campaign(60_000), campaign(60_000))
        #expect(declarations().announcedEntries(at: noon, policy) == policy.riseEntries)
        #expect(declarations(80_000).announcedEntries(at: noon, policy) == 80_000)
        #expect(declarations(10).announcedEntries(at: noon, policy) == policy.riseEntries)
        #expect(mailings.announcedEntries(at: noon, policy) == 120_000, "they add up")
        #expect(mailings.announcedEntries(at: seconds(-300), policy) == 120_000)
        #expect(mailings.announcedEntries(at: seconds(-301), policy) == policy.riseEntries)
        #expect(mailings.announcedEntries(at: seconds(259_199), policy) == 120_000)
        #expect(mailings.announcedEntries(at: seconds(259_200), policy) == policy.riseEntries)
    }

    @Test("a campaign that was declared late is known, though it adds nothing to the cover")
    func late() {
        let declared = declarations(nil, campaign(70_000, declaredSecondsBefore: -60))
        #expect(declared.announcedEntries(at: noon, Policy()) == 70_000)
        #expect(Cover(declared) == .undeclared)
    }

    // MARK: Tags

    @Test(
        "case, and what is neither letter nor digit, make no other tag",
        arguments: [
            ("summer-mail", "Summer_Mail", true), ("summer-mail", "summermail", true),
            ("mail-1", "mail-2", false), ("summer", "sumer", false), ("--", "__", false),
            ("été", "été", true), ("été", "eté", false), ("été", "hiver", false),
        ])
    func spelling(declared: String, carried: String, isSame: Bool) {
        let known = declarations(nil, campaign(1_000, source: declared))
        #expect(known.names(source: carried) == isSame)
    }

    @Test("a declared spot accounts for what comes by it, whatever its tag, and for no more")
    func misspelt() {
        // 2,000,000 who see a spot: at its peak 620 entries a second.
        let spot = declarations(nil, campaign(2_000_000, .television, source: "spot"))
        #expect(spot.accountFor(5_000, within: 10, at: seconds(1)))
        #expect(spot.accountFor(12_400, within: 10, at: seconds(1)), "twice the peak")
        #expect(!spot.accountFor(12_401, within: 10, at: seconds(1)))
        #expect(!spot.accountFor(5_000, within: 10, at: seconds(400)), "it is over")
        #expect(!declarations(1_000_000).accountFor(1, within: 10, at: noon), "no campaign")
        #expect(declarations().accountFor(0, within: 10, at: noon))
    }

    @Test("the peak in whole numbers is the curve's, rounded up")
    func peaks() {
        for channel in Channel.allCases {
            let curve = channel.response.curve
            let exact = curve.peakPerSecond * 1_000_000
            let rounded = Double(curve.peakPerMillionRecipients)
            #expect(rounded >= exact - 1e-6 && rounded < exact + 1, "\(channel)")
        }
    }

    /// Decisions on record rest on them: a change of one is a change of the format.
    @Test(
        "the figures that decisions rest on are those of FORMAT.md",
        arguments: [
            (Channel.email, 259_200, 15, 100), (.sms, 86_400, 117, 140),
            (.television, 300, 310, 20), (.radio, 900, 50, 20), (.social, 259_200, 2, 20),
            (.display, 3_600, 1, 1), (.press, 86_400, 1, 10), (.other, 3_600, 56, 100),
        ])
    func format(channel: Channel, seconds: UInt32, peak: UInt64, permille: UInt32) {
        let curve = channel.response.curve
        #expect(curve.lengthSeconds == seconds)
        #expect(curve.peakPerMillionRecipients == peak)
        #expect(curve.responsePermille == permille)
    }

    // MARK: Several operations of a client

    @Test("50,000 participants are free for all operations of a client together")
    func together() {
        var cover = SharedCover()
        cover.add(participants: 30_000, announced: 0)
        cover.add(participants: 20_000, announced: 0)
        #expect(!cover.isCrossed && cover.allowed == 50_000)
        cover.add(participants: 1, announced: 0)
        #expect(cover.isCrossed && cover.operations == 3)
    }

    @Test("what they announced themselves is free, where it is more")
    func announcedTogether() {
        var cover = SharedCover()
        cover.add(participants: 29_000, announced: 30_000)
        cover.add(participants: 31_000, announced: 30_000)
        #expect(!cover.isCrossed && cover.allowed == 60_000)
        cover.add(participants: 1, announced: 0)
        #expect(cover.isCrossed)
    }

    @Test("nothing is crossed while all gain no more than they may")
    func marks() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<1_000 {
            var cover = SharedCover()
            let operations = 1 + random.next() % 40
            for _ in 0..<operations {
                cover.add(participants: UInt32(random.next() % 2_000), announced: 0)
            }
            if cover.isCrossed { continue }
            let sum = cover.participants + operations * (cover.participantsEach - 1)
            #expect(sum <= cover.allowed)
        }
    }
}
