import Evidence
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
                                "state": "resolved", "outcome": "not_ours"},
                               {"incident": 8, "opened_at": "2026-11-01T11:02:00.000Z",
                                "severity": "critical", "rule": "log-stopped",
                                "title": "The journal took no records for 32 s",
                                "state": "open"}],
                 "maintenance": [{"maintenance": 3, "kind": "scheduled", "state": "ended",
                                  "announced_at": "2026-10-30T08:00:00.000Z",
                                  "starts": "2026-11-02T02:00:00.000Z",
                                  "ends": "2026-11-02T03:00:00.000Z",
                                  "stopped_at": "2026-11-02T02:40:00.000Z"},
                                 {"maintenance": 4, "kind": "emergency", "state": "ended",
                                  "announced_at": "2026-11-02T05:00:00.000Z",
                                  "starts": "2026-11-02T05:00:00.000Z",
                                  "stopped_at": "2026-11-02T05:10:00.000Z"}],
                 "burn": {"ends": "2026-11-03T00:00:00.000Z", "urgency": "page",
                          "windows": [{"minutes": 5, "lost_minutes": 1, "rate": 200},
                                      {"minutes": 60, "lost_minutes": 6, "rate": 100.5}]},
                 "changes": [{"change": 9, "degrades": true, "state": "in_effect",
                              "announced_at": "2026-10-01T08:00:00.000Z",
                              "takes_effect_at": "2026-11-03T00:00:00.000Z",
                              "note": "exports <by> night"}],
                 "corrections": [{"from": "2026-11-01T12:00:00.000Z",
                                  "to": "2026-11-01T12:05:00.000Z", "becomes": "accessible",
                                  "recorded_at": "2026-11-02T09:00:00.000Z",
                                  "reason": "the probe had <no> network"}],
                 "corrections_left_off": 2,
                 "force_majeure": [{"force_majeure": 1, "kind": "flood",
                                    "starts": "2026-11-01T00:00:00.000Z",
                                    "flags": [{"terms": "b",
                                               "since": "2026-12-02T00:00:00.000Z"}]}],
                 "error_budget_allowed_minutes": 43,
                 "as_of": {"sequence": 77, "chain": "00ff", "until": "2026-11-03T00:00:00.000Z"}}
                """#.utf8))
        let english = AvailabilityPage(answer, .english).text
        for text in [
            "TxD = 99.652%: it", "2,881", "Announced changes", "exports &lt;by&gt; night",
            "in effect", "<td>yes</td>", "<td class=\"n\">2026-11-03 00:00:00</td>",
            "not accessible", "The journal took no records for 32 s",
            "client &lt;b&gt;", "2026-11-02",
            ">10</text>", "No &lt;i&gt;entry", "critical", "not ours",
            "2026-11-02 02:40:00", "2026-11-02 05:10:00", "calls a person at once", "100.5",
            "scheduled", "2026-10-30 08:00:00", "had &lt;no&gt; network", "2 older ones",
            "flood", "it lasts", "B since 2026-12-02", "up to record 77", "00ff", ">43</text>",
            "<polyline points=\"26,97 44,97 \"",
        ] {
            #expect(english.contains(text), "\(text)")
        }
        #expect(!english.contains("2026-11-02 03:00:00"), "it was over before its planned end")
        #expect(!english.contains("<b>") && !english.contains("<script"))
        let french = AvailabilityPage(answer, .french).text
        #expect(french.contains("l’engagement n’est pas tenu") && french.contains("lang=\"fr\""))
        for text in [
            "programmée", "Minutes corrigées", "2 plus anciens", "en cours", "2\u{202F}881",
            "Modifications annoncées", "en vigueur",
            "Le journal n’a rien enregistré pendant 32 s",
            "TxD = 99,652\u{202F}%\u{A0}: l’engagement",
        ] {
            #expect(french.contains(text), "\(text)")
        }
    }

    @Test("a statement's rows, sums and answers are on its page and in its table")
    func statement() throws {
        let answer = try JSONValue(
            Array(
                #"""
                {"report": "statement", "month": "2026-11", "time_zone": "Europe/Paris",
                 "complete": true,
                 "operations": [
                   {"client": "acme", "operation": "ete", "title": "<Été>", "entries": 1200,
                    "participants": 900, "robot_entries": 3, "robots": 44,
                    "answers": {"repeated": 5, "waiting": 6, "challenged": 7, "refused": 8,
                                "suspended": 9, "closed": 10, "overloaded": 11}},
                   {"client": "bolt", "operation": "noel", "title": "Noël", "entries": 300,
                    "participants": 300, "robot_entries": 0, "robots": 0,
                    "answers": {"repeated": 0, "waiting": 0, "challenged": 0, "refused": 0,
                                "suspended": 0, "closed": 0, "overloaded": 0}}],
                 "operations_left_off": 4,
                 "total": {"entries": 1501, "participants": 1200, "robot_entries": 3,
                           "robots": 44,
                           "answers": {"repeated": 5, "waiting": 6, "challenged": 7,
                                       "refused": 8, "suspended": 9, "closed": 10,
                                       "overloaded": 11}},
                 "as_of": {"sequence": 77, "chain": "00ff", "until": "2026-12-03T00:00:00.000Z"}}
                """#.utf8))
        let english = StatementPage(answer, .english).text
        for text in [
            "&lt;Été&gt;", "<td class=\"n\">1,501</td>", "all clients", "4 further operations",
            "<rect x=\"140\" y=\"20\" width=\"95\"", "The month is complete.", "record 77",
        ] {
            #expect(english.contains(text), "\(text)")
        }
        let french = StatementPage(answer, .french).text
        #expect(french.contains("Participations par opération"))
        #expect(french.contains("4 autres opérations figurent"))
        let table = TextStyle.$current.withValue(.programs) { StatementText.text(answer) }
        #expect(table.contains("acme\tete\t1200\t900\t3\t44\t5\t6\t7\t8\t9\t10\t11\n"))
    }
}
