import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A month's reports are made on the command line, and checked against the journal (C15)")
    struct ReportTests {
        @Test("as table, JSON and page; a changed figure is named")
        func reports() throws {
            // The month is one and the same while its reports are made.
            waitUntilFarFromMidnight()
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            for person in ["anne", "bob", "anne"] {
                #expect([200, 201].contains(try gateway.post(operation.entry(person)).status))
            }
            let effect = Date(timeIntervalSinceNow: 40 * 86_400).formatted(.iso8601)
            let change = try gateway.say(
                "change", "announce", "exports by night", "--degrades", "--at", effect)
            #expect(change.ending == .exit(0), "\(change)")
            for report in ["statement", "availability"] {
                let page = gateway.directory.path("\(report).html")
                let made = try gateway.say(report, "--page", page, "--language", "fr")
                #expect(made.ending == .exit(0), "\(made)")
                let html = try String(contentsOfFile: page, encoding: .utf8)
                #expect(html.contains("lang=\"fr\"") && html.contains("portillon evidence verify"))
            }
            let announced = try String(
                contentsOfFile: gateway.directory.path("availability.html"), encoding: .utf8)
            #expect(announced.contains("Modifications annoncées"))
            let table = try gateway.say("statement")
            #expect(table.output.contains("\t2\t2\t0\t0\t"), "\(table)")
            let json = try gateway.say("statement", "--json")
            let month = try gateway.say("availability", "--json")
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")

            for report in [json, month] {
                let verified = try verify(report.output, gateway)
                #expect(verified.ending == .exit(0), "\(verified)")
                #expect(verified.output.contains("every figure follows"), "\(verified)")
            }
            let shown = month.output.replacing("exports by night", with: "exports by day")
            let altered = try verify(shown, gateway)
            #expect(altered.errors.contains("altered at /changes/0/note"), "\(altered)")
            let total = try #require(json.json["total"]?["entries"]?.integer)
            #expect(total == 2, "\(json)")
            let sequence = try #require(json.json["as_of"]?["sequence"]?.integer)
            // The number alone, and not its digits wherever they stand.
            let earlier = json.output.replacing(/("sequence"\s*:\s*)(\d+)/) { match in
                match.output.2 == "\(sequence)"
                    ? "\(match.output.1)\(sequence - 1)" : "\(match.output.0)"
            }
            #expect(earlier != json.output)
            #expect(try verify(earlier, gateway).ending == .exit(1))
            let zone = try #require(json.json["time_zone"]?.string)
            let edited = json.output.replacing("\"\(zone)\"", with: "\"Asia/Tokyo\"")
            let found = try verify(edited, gateway)
            #expect(found.ending == .exit(1), "\(found)")
            #expect(found.errors.contains("altered at /time_zone"), "\(found)")
        }

        private func verify(_ report: String, _ gateway: Gateway) throws -> Gateway.Said {
            let file = gateway.directory.path("report-\(UUID().uuidString)")
            try report.write(toFile: file, atomically: true, encoding: .utf8)
            return try gateway.say("evidence", "verify", file, "--journal", gateway.data)
        }
    }
}
