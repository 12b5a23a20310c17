import Contract
import Testing
import Time

@Suite("How long after a notice a suspension may begin (C8)")
struct NoticeRuleTests {
    @Test("only unpaid invoices and breaches need a notice")
    func grounds() {
        let needing = SuspensionGround.allCases.filter { $0.noticeRule() != nil }
        #expect(needing == [.unpaid, .breach])
        #expect(SuspensionGround.allCases.filter(\.hasTerms) == [.breach])
    }

    @Test("each by its clause: days, their kind, and where they begin")
    func clauses() throws {
        let unpaid = try #require(SuspensionGround.unpaid.noticeRule())
        #expect(unpaid.sentence == "4 calendar days after the notice (B 6.5)")
        #expect(unpaid.period.start == .dayAfter)
        let platform = try #require(SuspensionGround.breach.noticeRule())
        #expect(platform.sentence == "30 working days after the notice (A 6.2)")
        #expect(platform.period.start == .sameDay)
        #expect(SuspensionGround.breach.noticeRule(.a) == platform)
        let hosted = try #require(SuspensionGround.breach.noticeRule(.b))
        #expect(hosted.sentence == "7 calendar days after the notice (B 7.3)")
        #expect(hosted.period.start == .dayAfter)
    }

    @Test("what is new among the grounds is there under its name")
    func names() {
        let names = Set(SuspensionGround.allCases.map(\.rawValue))
        #expect(
            names.isSuperset(of: [
                "degradation", "fraud", "account_information", "force_majeure",
                "client_instruction",
            ]))
    }
}
