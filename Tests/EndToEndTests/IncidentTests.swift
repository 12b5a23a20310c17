import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Incidents, maintenance, force majeure and corrections by the command line (C10 to C15)")
    struct IncidentTests {
        private func time(_ hours: Double) -> String {
            Date(timeIntervalSinceNow: hours * 3_600).formatted(.iso8601)
        }

        /// Runs a command that does what it is asked for.
        @discardableResult
        private func done(_ gateway: Gateway, _ arguments: String...) throws -> JSON {
            let said = try gateway.say(arguments + ["--json"])
            #expect(said.ending == .exit(0), "\(arguments): \(said)")
            return said.json
        }

        @Test("each command does what it says, and a stranger's program reads every record of it")
        func commands() throws {
            try withReplayedGateway { gateway in
                _ = try gateway.openOperation()
                let list = try gateway.admin("GET", "/v1/operations").json["operations"]
                let client = list?.elements.first?["client"]?.string ?? ""
                try incidents(gateway, client)
                try maintenance(gateway)
                try others(gateway, client)
            }
        }

        private func incidents(_ gateway: Gateway, _ client: String) throws {
            let opened = try done(
                gateway, "incident", "open", "critical", "No entry is accepted", "--client", client,
                "--note", "since noon")
            #expect(opened["incident"]?.integer == 1, "\(opened)")
            let respondBy = opened["respond_by"]?.string
            #expect(respondBy != nil)
            let hours = try done(
                gateway, "calendar", "set-hours", "--opens", "08:30", "--closes", "19:00",
                "--holidays", "FR")
            #expect(hours["opens"]?.string == "08:30", "\(hours)")
            try done(gateway, "incident", "acknowledge", "1")
            try done(gateway, "incident", "note", "1", "a disk")
            try done(gateway, "incident", "reclassify", "1", "minor")
            try done(gateway, "incident", "resolve", "1", "confirmed", "--note", "a new disk")
            try done(gateway, "incident", "reopen", "1")
            let shown = try done(gateway, "incident", "show", "1")
            #expect(shown["history"]?.elements.count == 6, "\(shown)")
            #expect(shown["state"]?.string == "open")
            let list = try gateway.say("incident", "list", "--state", "unresolved")
            #expect(list.output.contains("No entry is accepted"), "\(list)")
            let wrong = try gateway.say("incident", "acknowledge", "7")
            #expect(wrong.ending == .exit(1) && wrong.errors.contains("There is no incident 7"))
        }

        private func maintenance(_ gateway: Gateway) throws {
            try done(
                gateway, "maintenance", "announce", "--starts", time(24), "--ends", time(25),
                "--every-days", "7", "--occurrences", "3", "--note", "a disk")
            let emergency = try done(gateway, "maintenance", "emergency")
            #expect(emergency["maintenance"]?.integer == 4, "behind the series: \(emergency)")
            try done(gateway, "maintenance", "extend", "4", "--ends", time(1))
            try done(gateway, "maintenance", "end", "4")
            try done(gateway, "maintenance", "end", "1", "--series")
            let list = try gateway.say("maintenance", "list", "--state", "cancelled")
            #expect(list.output.contains("a disk"), "\(list)")
        }

        private func others(_ gateway: Gateway, _ client: String) throws {
            let begun = try done(
                gateway, "force-majeure", "begin", "flood", "--starts", time(-24))
            #expect(begun["force_majeure"]?.integer == 1, "\(begun)")
            try done(gateway, "force-majeure", "end", "1", "--note", "over")
            let periods = try gateway.say("force-majeure", "list")
            #expect(periods.output.contains("flood"), "\(periods)")
            try done(
                gateway, "correction", "add", "accessible", "--from", minute(-120),
                "--to", minute(-60), "--client", client, "--reason", "no network")
            let corrections = try gateway.say("correction", "list")
            #expect(corrections.output.contains("no network"), "\(corrections)")
            try changes(gateway, client)
            let refused = try gateway.say(
                "correction", "add", "accessible", "--from", minute(-120), "--to", minute(60),
                "--reason", "not over")
            #expect(refused.ending == .exit(1), "\(refused)")
            let calendar = try gateway.say("calendar", "hours")
            #expect(calendar.output.contains("monday"), "\(calendar)")
            #expect(try gateway.say("calendar").ending == .exit(0))
        }

        private func changes(_ gateway: Gateway, _ client: String) throws {
            let early = try gateway.say(
                "change", "announce", "exports by night only", "--degrades", "--at", time(24))
            #expect(early.ending == .exit(1) && early.errors.contains("30 calendar days"))
            let announced = try done(
                gateway, "change", "announce", "exports by night only", "--degrades",
                "--at", time(40 * 24), "--client", client)
            #expect(announced["change"]?.integer == 1, "\(announced)")
            #expect(announced["state"]?.string == "announced", "\(announced)")
            try done(gateway, "change", "withdraw", "1", "--note", "they stay")
            let list = try gateway.say("change", "list", "--state", "withdrawn")
            #expect(list.output.contains("exports by night only"), "\(list)")
        }

        /// The start of a minute, so many minutes from now.
        private func minute(_ minutes: Double) -> String {
            time(minutes / 60).prefix(17) + "00Z"
        }
    }
}
