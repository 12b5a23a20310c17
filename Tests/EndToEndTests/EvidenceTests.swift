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
            let file = gateway.directory.path("dossier.json")
            try answer.text.write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try verify(file, gateway) == .exit(0))
            #expect(gateway.directory.text("run.log").contains("1 later records"))

            let edited = answer.text.replacing("80000", with: "90000")
            try edited.write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try verify(file, gateway) == .exit(1))
            #expect(gateway.directory.text("run.log").contains("80000"))
        }

        private func path(_ part: String) -> String { "/v1/operations/ete/\(part)" }

        private func verify(_ file: String, _ gateway: Gateway) throws -> ChildProcess.Ending? {
            try gateway.run(["evidence", "verify", file, gateway.data])
        }
    }
}
