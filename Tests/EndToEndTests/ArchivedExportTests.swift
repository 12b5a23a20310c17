import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("What reads an operation's entries, once their segments were archived elsewhere")
    struct ArchivedExportTests {
        private static let path = "/v1/operations/ete"

        @Test("each is refused with the segments named; a link to the archive mends it")
        func archivedElsewhere() throws {
            let gateway = try Gateway(isInMemory: true)
            try gateway.start(options: SnapshotTests.options)
            let operation = try gateway.openOperation()
            let starts = Date().formatted(.iso8601)
            let ends = Date(timeIntervalSinceNow: 3_600).formatted(.iso8601)
            let permit = try gateway.admin(
                "POST", "/v1/permits",
                #"{"operation":"ete","per_second":5,"starts":"\#(starts)","ends":"\#(ends)"}"#)
            let permitID = try #require(permit.json["permit_id"]?.string, "\(permit)")
            let writers = Writers()
            writers.start(
                4, run: "a", port: gateway.port, operation: operation, limit: 300,
                members: SnapshotTests.long)
            #expect(writers.join(withinSeconds: 300))
            let elsewhere = gateway.directory.path("elsewhere")
            #expect(try gateway.stop() == .exit(0))
            // There may be none yet.
            try? FileManager.default.removeItem(atPath: gateway.data + "/snapshots")
            #expect(try gateway.say("journal", "snapshot", gateway.data).ending == .exit(0))
            let archived = try gateway.say(
                "journal", "archive", gateway.data, "--to", elsewhere)
            #expect(archived.ending == .exit(0), "\(archived)")
            try gateway.start(options: SnapshotTests.options)

            let state = try gateway.state(of: operation)
            let purge = "/v1/permits/\(permitID)/purge"
            let confirmed = (
                operation: #"{"confirm":"ete"}"#, permit: #"{"confirm":"\#(permitID)"}"#
            )
            let refused = [
                try gateway.admin("GET", Self.path + "/export"),
                try gateway.admin("POST", Self.path + "/reset", confirmed.operation),
                try gateway.admin("DELETE", Self.path, confirmed.operation),
                try gateway.admin("POST", purge, confirmed.permit),
            ]
            let first = try #require(try Self.segments(gateway.data + "/journal").first)
            for answer in refused {
                #expect(answer.status == 409, "\(answer)")
                #expect(answer.json["code"]?.string == "archived", "\(answer)")
                let detail = answer.json["detail"]?.string ?? ""
                #expect(detail.contains("the segments before \(first)"), "\(answer)")
                #expect(detail.contains(gateway.data + "/archive"), "\(answer)")
            }
            #expect(try gateway.state(of: operation) == state)
            let permits = try gateway.admin("GET", "/v1/permits").json["permits"]?.elements
            #expect(permits?.first?["state"]?.string == "active", "\(permits ?? [])")

            try FileManager.default.createSymbolicLink(
                atPath: gateway.data + "/archive", withDestinationPath: elsewhere)
            let whole = try gateway.admin("GET", Self.path + "/export")
            #expect(whole.status == 200, "\(whole.text.prefix(500))")
            #expect(whole.text.split(separator: "\n").count - 1 == state["entries"]?.integer)
            #expect(try gateway.admin("POST", purge, confirmed.permit).status == 200)
            let reset = try gateway.admin("POST", Self.path + "/reset", confirmed.operation)
            #expect(reset.status == 200, "\(reset)")
            let export = try #require(reset.json["export"]?["entries"]?.integer, "\(reset)")
            #expect(export == state["entries"]?.integer)
            #expect(try gateway.stop() == .exit(0))
        }

        /// Names of the segments in a folder, in order.
        private static func segments(_ folder: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix(".segment") }.sorted()
        }
    }
}
