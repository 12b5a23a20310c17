import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Evidence is handed out, and checked against the journal (C15)")
    struct EvidenceTests {
        @Test("what the gateway hands out is right; an edited figure, or another journal, is found")
        func dossier() throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            let notice = #"{"expected_participants":80000,"note":"by <phone>"}"#
            #expect(try gateway.admin("POST", path("traffic-notice"), notice).status == 201)
            #expect(try gateway.post(operation.entry("someone")).status == 201)
            let suspension = #"{"ground":"authority","note":"order 12"}"#
            #expect(try gateway.admin("POST", path("suspend"), suspension).status == 200)

            let answer = try gateway.admin("GET", path("evidence"))
            #expect(answer.status == 200)
            #expect(answer.json["items"]?.elements.count == 5, "\(answer)")
            let html = [(name: "Accept", value: "text/html")]
            let page = try gateway.admin("GET", path("evidence"), fields: html)
            #expect(page["content-type"] == "text/html; charset=utf-8")
            let policy = try #require(page["content-security-policy"])
            #expect(policy.hasPrefix("default-src 'none'") && !policy.contains("script"))
            #expect(page.text.contains("by &lt;phone&gt;"), "\(page)")
            #expect(try gateway.admin("GET", "/v1/operations/none/evidence").status == 404)

            // After the dossier was made, life goes on.
            #expect(try gateway.admin("POST", path("resume"), "{}").status == 200)
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
            let verified = try verify(answer.text, gateway)
            #expect(verified.ending == .exit(0) && verified.output.contains("1 later records"))
            #expect(try verify(page.text, gateway).ending == .exit(0))

            let edited = try verify(answer.text.replacing("80000", with: "90000"), gateway)
            #expect(edited.ending == .exit(1) && edited.errors.contains("80000"), "\(edited)")
            let older = answer.text.replacing("\"format\" : 6", with: "\"format\" : 5")
            let old = try verify(older, gateway)
            #expect(old.ending == .exit(1) && old.errors.contains("ask for the dossier again"))
        }

        @Test("its language is what is asked for, by the query before the header")
        func languages() throws {
            let gateway = try Gateway()
            try gateway.start()
            _ = try gateway.openOperation(settings: #""time_zone":"Europe/Paris""#)
            for (query, header, language) in [
                ("", nil, "en"), ("", "fr", "fr"), ("", "fr-CA, en;q=0.8", "fr"),
                ("", "en-GB;q=0.5, fr;q=0.9", "fr"), ("", "de, *;q=0.1", "en"),
                ("", "fr;q=0", "en"), ("", "en;q=0, *", "fr"), ("", "nonsense;q=x", "en"),
                ("?language=fr", nil, "fr"), ("?language=en", "fr", "en"),
                ("?lang=fr", "en", "fr"), ("?langu%61ge=fr", "en", "fr"),
            ] as [(String, String?, String)] {
                let fields = header.map { [(name: "Accept-Language", value: $0)] } ?? []
                let answer = try gateway.admin(
                    "GET", path("evidence") + query, fields: fields)
                #expect(answer["content-language"] == language, "\(query) \(header ?? "")")
                #expect(answer["vary"] == "Accept, Accept-Language, Accept-Encoding")
                #expect(answer.json["words"]?["language"]?.string == language)
            }
            for query in ["?language=de", "?x=1", "?language=fr&language=en"] {
                let wrong = try gateway.admin("GET", path("evidence") + query)
                expectProblem(wrong, 422, code: "wrong_query")
            }

            let french = try gateway.say(
                "evidence", "ete", "--language", "fr", "--format", "html")
            #expect(french.ending == .exit(0), "\(french)")
            #expect(french.output.contains("<html lang=\"fr\">"))
            #expect(french.output.contains("L’opération a été ouverte."), "\(french)")
            let text = try gateway.say("evidence", "ete", "--format", "text")
            #expect(text.output.contains("The operation was opened."), "\(text)")
            #expect(text.output.contains("Europe/Paris"), "\(text)")
            let page = try gateway.say("evidence", "ete", "--page")
            #expect(page.output.hasPrefix("<!DOCTYPE html>"), "\(page)")
            let unknown = try gateway.say("evidence", "ete", "--language", "de")
            #expect(unknown.ending == .exit(64), "\(unknown)")
            #expect(try gateway.stop() == .exit(0))
            #expect(try verify(french.output, gateway).ending == .exit(0))
        }

        @Test("a surge that the ladder suspends: limits beside figures, neighbours, answers")
        func surge() throws {
            let gateway = try Gateway()
            let faults = try Faults(for: gateway)
            let policy = [
                // Long enough for somebody to come meanwhile who is refused.
                "suspend_after_seconds=1", "suspension_seconds=12", "calm_seconds=1",
                // So little is let in that a few writers push.
                "target_permille=1", "least_pace=1",
            ].flatMap { ["--policy", $0] }
            try gateway.start(faults: faults, options: policy)
            let operation = try gateway.openOperation(rule: "unlimited")
            let neighbour = try gateway.openOperation("voisin", rule: "unlimited")
            // Before anything is enforced: else a machine that is busy might smooth them.
            try gateway.enter(50_001, into: operation)
            let enforced = try gateway.admin("PATCH", path(""), #"{"policy":"enforce"}"#)
            #expect(enforced.status == 200, "\(enforced)")

            let writers = Writers()
            // No faster than people: what is quick while the disk goes on hides that it stood.
            for (count, run, target) in [(4, "a", operation), (1, "b", neighbour)] {
                writers.start(
                    count, run: run, port: gateway.port, operation: target, pauseMilliseconds: 10)
            }
            defer { writers.stop() }
            // A disk that stands still again and again, until the ladder has acted. A sync counts
            // before it ends once it takes a second, and a level rises with the third sample of
            // that; the next one comes before the level falls.
            let isSuspended = try eventually(withinSeconds: 300) {
                try faults.set("fdatasync:HANG:1+")
                pause(milliseconds: 1_800)
                try faults.set("off")
                pause(milliseconds: 400)
                return try !steps(of: gateway, "suspend").isEmpty
            }
            try #require(isSuspended, "\(gateway.errors)")
            let isResumed = try eventually(withinSeconds: 120) {
                try !steps(of: gateway, "resume").isEmpty
            }
            #expect(isResumed, "\(gateway.errors)")
            writers.stop()
            #expect(writers.join())
            let isAnswered = try eventually(withinSeconds: 60) {
                try items(of: gateway).contains {
                    $0["record"]?["command"]?.string == "fact.answered"
                        && $0["record"]?["state"]?.string == "suspended"
                        && $0["record"]?["suspended"]?.integer ?? 0 > 0
                }
            }
            #expect(isAnswered, "what was refused in the suspension is on record")
            try expectFigures(of: gateway)

            let french = try gateway.say("evidence", "ete", "--language", "fr", "--format", "html")
            #expect(french.output.contains("Les effets sur les autres opérations"), "\(french)")
            let json = try gateway.say("evidence", "ete")
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
            for given in [french.output, json.output] {
                let verified = try verify(given, gateway)
                #expect(verified.ending == .exit(0), "\(verified)")
            }
            let counted = try gateway.count()
            #expect(counted.count == 2, "a stranger's program reads the new records: \(counted)")
        }

        /// The step that suspended: its figures, limits, and what the neighbour waited.
        private func expectFigures(of gateway: Gateway) throws {
            let step = try #require(try steps(of: gateway, "suspend").first)
            let findings = step["findings"]?.elements ?? []
            func find(_ figure: String) -> JSON? {
                findings.first { $0["figure"]?.string == figure }
            }
            for (figure, limit) in [
                ("participants", 50_000), ("load_share", 250), ("strain", 1),
            ] {
                let finding = find(figure)
                #expect(finding?["limit"]?.integer == limit, "\(figure): \(findings)")
                #expect(finding?["met"]?.bool == true, "\(figure): \(findings)")
            }
            #expect(find("queue_wait")?["limit"]?.integer ?? 0 >= 25_000, "\(findings)")
            let waits = try items(of: gateway).compactMap {
                $0["findings"]?.elements.first { $0["figure"]?.string == "others_wait" }
            }
            #expect(waits.contains { $0["value"]?.integer ?? 0 > 0 }, "\(waits)")
            #expect(step["policy_record"]?.integer ?? 0 > 0, "\(step)")
        }

        private func items(of gateway: Gateway) throws -> [JSON] {
            try gateway.admin("GET", path("evidence")).json["items"]?.elements ?? []
        }

        private func steps(of gateway: Gateway, _ kind: String) throws -> [JSON] {
            try items(of: gateway).filter { $0["record"]?["step"]?.string == kind }
        }

        private func path(_ part: String) -> String {
            part.isEmpty ? "/v1/operations/ete" : "/v1/operations/ete/\(part)"
        }

        private func verify(_ dossier: String, _ gateway: Gateway) throws -> Gateway.Said {
            let file = gateway.directory.path("dossier-\(UUID().uuidString)")
            try dossier.write(toFile: file, atomically: true, encoding: .utf8)
            return try gateway.say("evidence", "verify", file, gateway.data)
        }
    }
}
