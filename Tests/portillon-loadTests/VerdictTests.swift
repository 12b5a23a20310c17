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
}
