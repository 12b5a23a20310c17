import Testing
import Wire

@testable import portillon

@Suite("A month as a page to print")
struct AvailabilityPageTests {
    @Test("figures of all readings and days are on it, in both languages; text cannot be markup")
    func page() throws {
        let answer = try JSONValue(
            Array(
                #"""
                {"month": "2026-11", "client": "<b>", "time_zone": "Europe/Paris",
                 "complete": false, "pc_minutes": 2880, "ds_minutes": 2870,
                 "unmeasured_minutes": 4, "txd": 99.652, "meets_commitment": false,
                 "error_budget_minutes": 33, "b": {"pc_minutes": 2800, "txd": 99.7},
                 "raw": {"pc_minutes": 2881},
                 "days": [{"day": "2026-11-01", "pc_minutes": 1440, "ds_minutes": 1430,
                           "unmeasured_minutes": 4},
                          {"day": "2026-11-02", "pc_minutes": 1440, "ds_minutes": 1440,
                           "unmeasured_minutes": 0}],
                 "lost": [{"starts": "2026-11-01T10:00:00.000Z",
                           "ends": "2026-11-01T10:06:00.000Z", "state": "not_accessible"}],
                 "incidents": [{"incident": 7, "opened_at": "2026-11-01T10:02:00.000Z",
                                "severity": "critical", "title": "No <i>entry</i>",
                                "state": "resolved", "outcome": "not_ours"}]}
                """#.utf8))
        let english = AvailabilityPage(answer, .en).text
        for text in [
            "99.652", "2881", "not accessible", "client &lt;b&gt;", "2026-11-02",
            ">10</text>", "No &lt;i&gt;entry", "critical", "not ours",
        ] {
            #expect(english.contains(text), "\(text)")
        }
        #expect(!english.contains("<b>") && !english.contains("<script"))
        let french = AvailabilityPage(answer, .fr).text
        #expect(french.contains("l'engagement n'est pas tenu") && french.contains("lang=\"fr\""))
    }
}
