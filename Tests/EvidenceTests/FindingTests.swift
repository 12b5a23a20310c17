import Contract
import Ledger
import Testing
import Time

@testable import Evidence

@Suite("Figures stand beside their limits")
struct FindingTests {
    private static let crossed = Timestamp(milliseconds: 1_795_176_000_000)
    private let at = Timestamp(milliseconds: 1_795_176_060_000)

    private func findings(_ step: LadderStep, _ policy: Policy = Policy()) -> [Finding] {
        Finding.list(
            of: .step(step), at: at, policy,
            suspension: (Self.crossed, Self.crossed.advanced(byMilliseconds: 50_000)))
    }

    @Test("every rule that the gateway goes by has a threshold beside its figure, and it is met")
    func rules() throws {
        let surge = UnknownSource(
            operation: "summer", source: "tv", entries: 1_200, permille: 640, windowSeconds: 10)
        let notice = ContractCommand.giveNotice(
            operation: "summer", expectedParticipants: 80_000, note: nil)
        let campaign = ContractCommand.declareCampaign(
            operation: "summer", campaign: "c",
            declaration: CampaignDeclaration(
                channel: .email, recipients: 120_000, starts: Self.crossed))
        let rise = TrafficRise(operation: "summer", entries: 5_001, windowSeconds: 10)
        var client = ClientCrossing(
            operation: "summer", client: "acme", operations: 2, participants: 50_001, cover: 50_000)
        let crossed = client
        client.participants = 50_000
        let within = client
        let missing = [
            MissingNotice(.client, since: Self.crossed, count: 50_001, allowed: 50_000),
            MissingNotice(
                .campaign, since: Self.crossed, count: 1_000, allowed: 999, source: "tv",
                windowSeconds: 10),
            MissingNotice(
                .rise, since: Self.crossed, count: 5_001, allowed: 5_000, windowSeconds: 10),
        ]
        let unannounced = SurgeStory.step(.smooth, crossed: Self.crossed) {
            $0.crossedAt = nil
            $0.missing = missing
        }
        let near = LedgerEvent.coverNear(operation: "summer", participants: 40_000, cover: 50_000)
        let crossing = LedgerEvent.coverCrossed(
            operation: "summer", participants: 50_001, cover: 50_000)
        func of(_ event: LedgerEvent) -> [Finding] {
            Finding.list(of: event, at: at, Policy(), suspension: nil)
        }
        let lists: [(String, [Finding], Set<Finding.Figure>)] = [
            (
                "unknown source", Finding.list(of: .fact(.unknownSource(surge)), Policy()),
                [.tagEntries, .tagShare]
            ),
            ("rise", Finding.list(of: .fact(.rise(rise)), Policy()), [.riseEntries]),
            ("client", of(.clientCrossed(crossed)), [.clientParticipants]),
            ("within", of(.clientWithin(within)), [.clientParticipants]),
            (
                "smooth without a notice",
                findings(unannounced),
                [.tagEntries, .riseEntries, .clientParticipants, .loadShare, .attempts, .queueWait]
            ),
            ("notice", Finding.list(of: .contract(notice), Policy()), [.expectedParticipants]),
            ("campaign", Finding.list(of: .contract(campaign), Policy()), [.recipients]),
            ("near", of(near), [.participants]), ("crossed", of(crossing), [.participants]),
            (
                "smooth", findings(SurgeStory.step(.smooth, crossed: Self.crossed)),
                [.participants, .loadShare, .attempts, .queueWait]
            ),
            (
                "smooth to the fair share",
                findings(
                    SurgeStory.step(.smooth, crossed: Self.crossed) {
                        $0.rule = "C3b, C4"
                        $0.ground = "degradation"
                        $0.perSecond = 2_500
                    }), [.operationAttempts, .attempts, .queueWait]
            ),
            (
                "suspend",
                findings(
                    SurgeStory.step(.suspend, crossed: Self.crossed) { $0.since = Self.crossed }),
                [.participants, .strain, .loadShare, .attempts, .queueWait]
            ),
            (
                "expired",
                findings(
                    SurgeStory.step(.resume, crossed: Self.crossed) {
                        $0.reason = .expired
                        $0.report = nil
                    }), [.suspension]
            ),
            (
                "calm",
                findings(
                    SurgeStory.step(.resume, level: .calm, crossed: Self.crossed) {
                        $0.reason = .calm
                        $0.since = Self.crossed
                        $0.capacityPerSecond = 40_000
                    }), [.calm, .attempts]
            ),
        ]
        for (rule, findings, decisive) in lists {
            let met = Set(findings.filter { $0.isMet == true }.map(\.figure))
            #expect(met == decisive, "\(rule): \(findings)")
            for finding in findings where decisive.contains(finding.figure) {
                #expect(finding.limit != nil && finding.limitFrom != nil, "\(rule)")
            }
        }
    }

    @Test("a limit is that of the policy in force then, and of the level that was reached")
    func limits() throws {
        var policy = Policy()
        policy.sharePermille = 333
        policy.suspendAfterSeconds = 7
        let step = SurgeStory.step(.suspend, crossed: Self.crossed) { $0.since = Self.crossed }
        let suspended = findings(step, policy)
        func find(_ figure: Finding.Figure) -> Finding? {
            suspended.first { $0.figure == figure }
        }
        #expect(find(.loadShare)?.limit == 333)
        #expect(find(.loadShare)?.value == 930)
        #expect(find(.strain)?.limit == 7)
        #expect(find(.strain)?.value == 60)
        #expect(find(.queueWait)?.limit == 250_000)
        #expect(find(.queueWait)?.value == 812_400)
        #expect(find(.commitTime)?.isMet == false)
        #expect(find(.othersWait)?.value == 640_200)
        #expect(find(.othersWait)?.before == 1_100)
        let strained = findings(
            SurgeStory.step(.smooth, level: .strained, crossed: Self.crossed))
        #expect(strained.first { $0.figure == .queueWait }?.limit == 25_000)
    }

    @Test("a share that is no cause alone stands without a limit")
    func smallShare() throws {
        let step = SurgeStory.step(.smooth, crossed: Self.crossed) {
            $0.report?.operations[0].queuePermille = 180
            $0.report?.operations[0].attemptsPermille = 170
        }
        let share = try #require(findings(step).first { $0.figure == .loadShare })
        #expect(share.value == 180 && share.limit == nil && share.isMet == nil)
    }

    @Test("both waits are named together where neither is beyond its own limit")
    func bothWaits() {
        func named(unread: Int, wait: Int) -> [Finding] {
            let step = SurgeStory.step(.smooth, level: .strained, crossed: Self.crossed) {
                $0.report?.figures.unreadWait = unread
                $0.report?.figures.queueWait = wait
            }
            return findings(step).filter { $0.figure == .wait }
        }
        let both = named(unread: 15_000, wait: 14_000)
        #expect(both.map(\.value) == [29_000] && both.map(\.limit) == [25_000])
        #expect(named(unread: 26_000, wait: 14_000).isEmpty)
        #expect(named(unread: 10_000, wait: 26_000).isEmpty)
        #expect(named(unread: 10_000, wait: 14_000).isEmpty)
    }

    @Test("a figure is said with its unit, its window and its limit")
    func sentence() throws {
        let finding = Finding(
            .queueWait, .microseconds, 812_000, .above, limit: 250_000, from: .record,
            over: 10_000)
        func say(_ language: Language) -> String {
            ItemWords(language: language, zone: Zone(name: "UTC", localTime: .utc))
                .sentence(finding)
        }
        #expect(
            say(.english)
                == "mean wait of an entry: 812 ms over 10 s; the limit in force was 250 ms")
        #expect(
            say(.french)
                == "attente moyenne d’une participation\u{A0}: 812\u{202F}ms sur 10\u{202F}s"
                + "\u{202F}; la limite en vigueur était de 250\u{202F}ms")
    }

    @Test("a fair share and the limiting stage are said in both languages")
    func fairShare() throws {
        var step = SurgeStory.step(.smooth, crossed: Self.crossed)
        step.rule = "C3b, C4"
        step.ground = "degradation"
        step.perSecond = 2_500
        step.report?.stage = .sequencer
        func say(_ language: Language) -> String {
            ItemWords(language: language, zone: Zone(name: "UTC", localTime: .utc)).measure(step)
        }
        #expect(say(.english).contains("its fair share of what the platform takes (C3b, C4)"))
        #expect(say(.french).contains("sa part équitable"))
        let sentence = LedgerEvent.step(step).sentence
        #expect(sentence.contains("its fair share (C3b, C4)"))
        #expect(sentence.contains("limited by the sequencer"))
    }

    @Test("a record from before the first release has figures without limits, and says so")
    func older() throws {
        var step = SurgeStory.step(.suspend, crossed: Self.crossed)
        step.report?.limits = nil
        step.report?.operations[0].othersWait = nil
        step.capacityPerSecond = nil
        let findings = findings(step)
        #expect(findings.first { $0.figure == .queueWait }?.limit == nil)
        #expect(findings.first { $0.figure == .strain }?.value == nil)
        let words = ItemWords(language: .english, zone: Zone(name: "UTC", localTime: .utc))
        let others = try #require(findings.first { $0.figure == .othersWait })
        #expect(words.sentence(others).hasSuffix("other operations: not on record"))
    }
}
