import Bytes
import Testing

@testable import portillon_load

@Suite("Verdicts are read from an answer's body")
struct VerdictTests {
    @Test("a verdict is found by its whole name")
    func verdicts() {
        func verdict(_ text: String) -> Verdict? { text.withBytes { Verdict(in: $0) } }
        for verdict in Verdict.allCases {
            #expect(Verdict(rawValue: verdict.rawValue) == verdict)
            #expect("{\"a\":1,\"verdict\":\"\(verdict)\"}".withBytes { Verdict(in: $0) } == verdict)
        }
        #expect(verdict("{\"verdict\":\"accept\"}") == nil)
        #expect(verdict("{\"verdict\":\"acceptedly\"}") == nil)
        #expect(verdict("{\"verdict\":\"") == nil)
        #expect(verdict("") == nil)
    }

    @Test("what a verdict alone does not tell is found behind it")
    func reasons() {
        func reason(_ verdict: Verdict, _ members: String) -> Reason? {
            "{\"verdict\":\"\(verdict)\",\(members)}".withBytes { Reason(of: verdict, in: $0) }
        }
        let limit = #""code":"refused","reasons":["second_key_limit"]"#
        #expect(reason(.refused, limit) == .secondKeyLimit)
        #expect(reason(.refused, #""code":"refused","reasons":["consent_missing"]"#) == nil)
        #expect(reason(.closed, #""code":"cap_reached""#) == .capReached)
        #expect(reason(.closed, #""code":"closed""#) == nil)
        #expect(reason(.accepted, limit) == nil)
        var tally = Tally()
        tally.reasons[Reason.capReached.rawValue] = 3
        #expect(tally.totals.reasons == ["cap_reached": 3] && Tally().totals.reasons == nil)
    }
}
