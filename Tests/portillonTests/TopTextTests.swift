import Testing
import Wire

@testable import portillon

@Suite("What portillon top shows")
struct TopTextTests {
    private func status(_ change: String = "") throws -> JSONValue {
        try JSONValue(
            Array(
                """
                {"at":"2026-11-29T19:58:00.000Z","ready":true,\(change)
                "pressure":{"level":"calm","unread_wait_seconds":0.0002,"queue_wait_seconds":0.0004,
                 "commit_seconds":0.0011,"capacity_per_second":5200,"stage":"disk"},
                "rates":{"entries_per_second":612.4,"requests_per_second":700},
                "webhooks":{"active":1,"failing":0,"pending":0},
                "service":{"incidents":{"unresolved":0,"critical":0,"overdue":0},
                 "state":"accessible","measured_at":"2026-11-29T19:56:00.000Z","silent_probes":[],
                 "month":"2026-11","pc_minutes":41000,"unmeasured_minutes":3,"txd":99.992,
                 "error_budget_minutes":40,
                 "waves":[{"operation":"ete-2026","starts":"2026-11-30T08:00:00.000Z",
                  "peak_per_second":61.2,"peak_at":"2026-11-30T08:05:00.000Z"}],
                 "robots":[{"rule":"headless-browser","entries":1204}]},
                "pushing":[],
                "operations":[{"operation":"ete-2026","state":"open","attempts_per_second":612.4,
                 "accepted_per_second":600,"participants":41234,"cover":50000,"waiting":0,
                 "missing_notices":[]}]}
                """.utf8))
    }

    private func verdict(_ text: String) throws -> String {
        let status = try JSONValue(Array(text.utf8))
        return TopText.verdict(status, status["operations"]?.elements ?? [])
    }

    @Test("people read first whether all is well, then the limiting stage and the operations")
    func people() throws {
        let text = try TopText.of(status())
        #expect(text.hasPrefix("All is well   2026-11-29T19:58:00.000Z\n"), "\(text)")
        for part in [
            "5 200 a second, the disk limits", "read after 0.2 ms", "on disk in 1.1 ms",
            "incidents       none open",
            "99.992 % in 2026-11, 40 minutes of the error budget left; accessible at 2026-11-29T",
            "ete-2026 at 2026-11-30T08:00:00.000Z, up to 61.2 a second at 2026-11-30T08:05",
            "robots          1 204 headless-browser",
            "ete-2026   open   612.4     600.0        41 234  50 000  82 %",
        ] {
            #expect(text.contains(part), "\(text)")
        }
    }

    @Test("programs get one table with a tab between cells")
    func programs() throws {
        let text = try TextStyle.$current.withValue(.programs) { try TopText.of(status()) }
        let lines = text.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        #expect(lines.count == 2 && lines.allSatisfy { $0.count == 8 }, "\(text)")
        #expect(lines[1].prefix(5) == ["ete-2026", "open", "612.4", "600.0", "41234"])
        #expect(lines[1][7] == "-")
    }

    @Test("the gravest is said first")
    func gravest() throws {
        let open = #"{"state":"open","missing_notices":[]}"#
        let held = #"{"state":"smoothed","missing_notices":[]}"#
        let lacking = #"{"state":"open","missing_notices":[{"notice":"cover"}]}"#
        for (text, start) in [
            (#"{"ready":false,"pressure":{"level":"critical"}}"#, "ENTRIES ARE REFUSED"),
            (#"{"ready":true,"pressure":{"level":"critical"}}"#, "THE PLATFORM IS AT ITS LIMIT"),
            (
                #"{"ready":true,"pressure":{"level":"strained"},"operations":[\#(held)]}"#,
                "The platform is strained"
            ),
            ("{\"ready\":true,\"operations\":[\(held),\(open)]}", "1 operation is held back"),
            ("{\"ready\":true,\"operations\":[\(held),\(held)]}", "2 operations are held back"),
            ("{\"ready\":true,\"operations\":[\(lacking)]}", "Well; 1 operation brings more"),
            (#"{"ready":true,"webhooks":{"failing":1}}"#, "Well; 1 webhook fails"),
            (#"{"ready":true,"webhooks":{"failing":2}}"#, "Well; 2 webhooks fail"),
            ("{\"ready\":true,\"operations\":[\(open)]}", "All is well"),
            (
                #"{"ready":true,"pressure":{"level":"strained"},"service":{"incidents":"#
                    + #"{"unresolved":2,"critical":1,"overdue":1}}}"#,
                "1 CRITICAL INCIDENT IS OPEN, and 1 overdue"
            ),
            (
                #"{"ready":true,"service":{"state":"not_accessible","measured_at":"m"}}"#,
                "THE SERVICE IS NOT ACCESSIBLE: probes found it so at m"
            ),
            (
                #"{"ready":true,"service":{"incidents":{"unresolved":1,"overdue":1}}}"#,
                "Well; 1 incident is open, work on 1 incident is overdue"
            ),
            (
                #"{"ready":true,"service":{"error_budget_minutes":-9,"pc_minutes":9,"#
                    + #""unmeasured_minutes":8,"silent_probes":["paris"]}}"#,
                "Well; the month's error budget is spent, no report of the probes paris"
            ),
            (
                #"{"ready":true,"service":{"error_budget_minutes":-9,"pc_minutes":9,"#
                    + #""unmeasured_minutes":9}}"#, "All is well"
            ),
            (
                #"{"ready":true,"service":{"burning":"page"}}"#,
                "Well; minutes are lost much faster than the month allows"
            ),
            (#"{"ready":true,"service":{"burning":"ticket"}}"#, "Well; minutes are lost faster"),
            (#"{"ready":true,"nodes":[{"node":"b","role":"silent"}]}"#, "Well; the leader does"),
            (
                #"{"ready":true,"memory":{"table_bytes":81,"table_limit_bytes":100}}"#,
                "Well; the tables are 81 % full"
            ),
            (#"{"ready":true,"journal":{"full_in_seconds":3600}}"#, "Well; the disk is full in 60"),
        ] {
            #expect(try verdict(text).hasPrefix(start), "\(text)")
        }
    }

    @Test("a fault hides nothing else that needs a look")
    func also() throws {
        for (text, first) in [
            (
                #"{"ready":true,"pressure":{"level":"strained"},"#
                    + #""journal":{"full_in_seconds":3600}}"#,
                "The platform is strained "
            ),
            (
                #"{"ready":true,"operations":[{"state":"smoothed","missing_notices":[]}],"#
                    + #""journal":{"full_in_seconds":3600}}"#, "1 operation is held back"
            ),
            (#"{"ready":false,"journal":{"full_in_seconds":3600}}"#, "ENTRIES ARE REFUSED"),
        ] {
            let lines = try verdict(text).split(separator: "\n")
            #expect(lines.count == 2 && lines[0].hasPrefix(first), "\(lines)")
            #expect(lines.last?.hasPrefix("Also: the disk is full in 60") == true, "\(lines)")
        }
        #expect(try !verdict(#"{"ready":true}"#).contains("Also"))
    }
}
