import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The export of an operation that goes on (C17, C18)")
    struct ExportTests {
        /// Entries that are there before the export; PORTILLON_EXPORT asks for more.
        static let entries =
            ProcessInfo.processInfo.environment["PORTILLON_EXPORT"].flatMap(Int.init) ?? 4_000
        /// Bytes that an entry's fields have at least: it is the bytes of an export that its memory
        /// must not grow with, and a few long entries are as many as lots of short ones.
        private static let noteBytes = min(7_000, max(1_000, 28_000_000 / entries))

        @Test("has every entry acknowledged before, once, while others come; in constant memory")
        func underLoad() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                try gateway.fill(operation, Self.entries, noteBytes: Self.noteBytes)
                let writers = Writers()
                writers.start(2, run: "w", port: gateway.port, operation: operation)
                defer { writers.stop() }
                #expect(eventually(withinSeconds: 30) { writers.known.acknowledged.count > 20 })
                let before = Set(writers.known.acknowledged.keys)
                let memory = try gateway.memoryFromNowOn()
                let file = gateway.directory.path("ete.ndjson")
                let exported = try gateway.export(["ete", "--out", file])
                #expect(exported == .exit(0))
                let peak = try gateway.memory("VmHWM")
                writers.stop()
                #expect(writers.join())
                let text = try String(contentsOfFile: file, encoding: .utf8)
                // Foundation's: what is generic is slow in a test.
                let lines = text.components(separatedBy: "\n").filter { !$0.isEmpty }
                let bytes = text.utf8.count
                print("exported \(lines.count) lines, \(bytes) bytes; memory +\(peak - memory)")
                #expect(bytes > Self.entries * Self.noteBytes && bytes > 24 << 20)
                #expect(peak - memory < 24 << 20, "it does not grow with what is exported")
                var seen: Set<String> = []
                for line in lines.dropLast() {
                    let entry = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
                    #expect(seen.insert(entry.participant).inserted, "\(entry.participant) twice")
                }
                let missing = before.subtracting(seen)
                #expect(missing.isEmpty, "acknowledged and not exported: \(missing.prefix(5))")
                for number in 0..<Self.entries where !seen.contains("p\(number)") {
                    Issue.record("p\(number) is missing")
                }
                let known = writers.known
                let all = Set(known.acknowledged.keys).union(known.unanswered)
                #expect(seen.filter { $0.hasPrefix("w-") }.isSubset(of: all))
                let last = try #require(lines.last)
                let end = try JSONDecoder().decode(JSON.self, from: Data(last.utf8))
                #expect(end["complete"]?.bool == true && end["entries"]?.integer == seen.count)
                // On record, and a program that knows the format alone reads it.
                let traces = try gateway.records("person.export")
                #expect(traces.count == 1, "\(traces)")
                #expect(traces.first?["by"]?["role"]?.string == "admin")
                #expect(traces.first?["details"]?["last_record"] == end["last_record"])
                #expect(known.faults.isEmpty, "\(known.faults)")
                // 503 is what a disk brings that stands still.
                #expect(known.refused.keys.allSatisfy { $0 == 503 }, "\(known.refused)")
            }
        }

        private struct Line: Decodable {
            let participant: String
        }

        @Test("readers that stop hold a piece each, others go on, and what they held is given back")
        func slowReaders() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                try gateway.fill(operation, 800, noteBytes: 7_000)
                let memory = try gateway.memoryFromNowOn()
                for _ in 0..<5 {
                    let slow = try (0..<6).map { _ in
                        let connection = try gateway.adminConnection()
                        try connection.send(exportRequest(gateway))
                        return connection
                    }
                    for connection in slow { #expect(!connection.isSilentFor(seconds: 30)) }
                    // Those of the round before may not be gone yet.
                    var whole: HTTPAnswer?
                    let isWhole = try eventually(withinSeconds: 30) {
                        whole = try gateway.admin("GET", "/v1/operations/ete/export")
                        return whole?.status == 200
                    }
                    #expect(isWhole && whole?.body.count ?? 0 > 5_000_000)
                    #expect(whole?.text.suffix(300).contains(#""complete":true"#) == true)
                    #expect(try gateway.post(operation.entry(UUID().uuidString)).status == 201)
                    withExtendedLifetime(slow) {}
                }
                let peak = try gateway.memory("VmHWM")
                print("30 stopped readers: memory +\(peak - memory)")
                #expect(peak - memory < 64 << 20)
                // 30 of them have come and gone: their places are free again.
                let isFree = try eventually(withinSeconds: 30) {
                    try gateway.admin("GET", "/v1/operations/ete/export").status == 200
                }
                #expect(isFree)
            }
        }

        @Test("a gateway that is killed in the middle: the command says so, and exits with 1")
        func killed() throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            try gateway.fill(operation, 800, noteBytes: 7_000)
            let (begun, go) = (gateway.directory.path("begun"), gateway.directory.path("go"))
            let script = """
                "$@" | { head -c 1000 > /dev/null; touch '\(begun)'; \
                while [ ! -e '\(go)' ]; do sleep 0.05; done; cat > /dev/null; }; \
                exit "${PIPESTATUS[0]}"
                """
            let command = try gateway.command(["export", "ete"], script: script)
            let files = FileManager.default
            #expect(eventually(withinSeconds: 30) { files.fileExists(atPath: begun) })
            try gateway.kill()
            #expect(files.createFile(atPath: go, contents: nil))
            #expect(command.wait(atMostSeconds: 90) == .exit(74))
            let said = gateway.directory.text("command.err")
            #expect(said.contains("cut") && said.contains("again"), "\(said)")
            try gateway.start()
            // The trace was there before the first entry went out.
            #expect(try gateway.records("person.export").count == 1)
            let file = gateway.directory.path("out.csv")
            #expect(try gateway.export(["ete", "--format", "csv", "--out", file]) == .exit(0))
            #expect(gateway.directory.text("out.csv").hasPrefix("entry,participant_number,at,"))
            #expect(try gateway.stop() == .exit(0))
            #expect(try gateway.export(["ete", "--out", file + "2"]) == .exit(69))
            #expect(
                !files.fileExists(atPath: file + "2") && !files.fileExists(atPath: file + "2.new"))
        }

        @Test("an entry that was forgotten is there without its data")
        func forgotten() throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            for person in ["anna", "bert"] {
                let entry = operation.entry(person, members: #""fields":{"size":"M"}"#)
                #expect(try gateway.post(entry).status == 201)
            }
            #expect(try gateway.stop() == .exit(0))
            let leaf = try #require(try gateway.records("entry").first?["leaf"]?.integer)
            let forgot = try gateway.say(
                "vault", "forget", "--data", gateway.data, "ete", "\(leaf)")
            #expect(forgot.ending == .exit(0), "\(forgot)")
            try gateway.start()
            let told = try gateway.say("export", "ete")
            #expect(told.ending == .exit(0), "\(told)")
            let lines = told.output.split(separator: "\n")
            #expect(lines.count == 3, "\(told)")
            #expect(lines[0].contains(#""participant":null,"fields":null"#), "\(lines[0])")
            #expect(lines[0].hasSuffix(#""erased":true}"#), "\(lines[0])")
            #expect(lines[1].contains(#""participant":"bert","fields":{"size":"M"}"#))
            let csv = try gateway.say("export", "ete", "--format", "csv")
            let rows = csv.output.split(whereSeparator: \.isNewline)
            #expect(rows.count == 3 && rows[1].hasSuffix(",true") && rows[2].hasSuffix(",false"))
            #expect(try gateway.stop() == .exit(0))
        }

        @Test("a dossier of megabytes comes whole, although little may be kept of an answer")
        func longDossier() throws {
            let gateway = try Gateway()
            try gateway.start(options: ["--limit", "parked_bytes=2097152"])
            _ = try gateway.openOperation()
            let note = String(repeating: #"\n"#, count: 500)
            try gateway.adminAtOnce(
                (1...1_200).map { number in
                    HTTPRequest(
                        "POST", "/v1/operations/ete/pace",
                        body: #"{"per_second":\#(number),"note":"\#(note)"}"#)
                })
            let path = gateway.directory.path("dossier.json")
            let command = try gateway.command(["evidence", "ete"], script: #""$@""#)
            #expect(command.wait(atMostSeconds: 300) == .exit(0))
            let dossier = gateway.directory.text("command.out")
            #expect(dossier.utf8.count > 2 << 20, "\(dossier.utf8.count)")
            try dossier.write(toFile: path, atomically: true, encoding: .utf8)
            let page = try gateway.admin(
                "GET", "/v1/operations/ete/evidence",
                fields: [(name: "Accept", value: "text/html")])
            #expect(page.body.count > 600_000, "\(page.body.count)")
            #expect(page.text.hasSuffix("</html>\n"))
            #expect(page["content-security-policy"] != nil)
            #expect(page["vary"] == "Accept, Accept-Language, Accept-Encoding")
            #expect(page["content-language"] == "en")
            #expect(try gateway.stop() == .exit(0))
            #expect(try gateway.run(["evidence", "verify", path, gateway.data]) == .exit(0))
        }

        private func exportRequest(_ gateway: Gateway) -> String {
            HTTPRequest(
                "GET", "/v1/operations/ete/export",
                [(name: "Authorization", value: "Bearer \(gateway.token)")]
            ).text
        }
    }
}

extension Gateway {
    /// Enters people p0, p1 and so on, each with fields, many at a time.
    fileprivate func fill(_ operation: Operation, _ count: Int, noteBytes: Int) throws {
        let connection = try connect()
        let members = #""fields":{"note":"\#(String(repeating: "x", count: noteBytes))"}"#
        for start in stride(from: 0, to: count, by: 64) {
            let batch = start..<min(start + 64, count)
            try connection.send(
                batch.map { operation.entry("p\($0)", members: members).text }.joined())
            var refused: [Int] = []
            for number in batch {
                let answer = try connection.receive()
                // The next segment may not be ready on a disk that stands still.
                if answer.status == 503 {
                    refused.append(number)
                    continue
                }
                try #require(answer.status == 201, "p\(number): \(answer)")
            }
            for number in refused {
                let isIn = try eventually(withinSeconds: 120) {
                    let entry = operation.entry("p\(number)", members: members)
                    return try [200, 201].contains(post(entry).status)
                }
                try #require(isIn, "p\(number)")
            }
        }
    }

    /// Bytes that the process has in memory; its peak counts from here on.
    fileprivate func memoryFromNowOn() throws -> Int {
        let process = try #require(self.process)
        // proc(5): 5 sets the peak back to what there is now.
        try Data("5".utf8).write(
            to: URL(filePath: "/proc/\(process.identifier)/clear_refs"))
        return try memory("VmRSS")
    }

    /// A figure of the process's memory, in bytes.
    fileprivate func memory(_ name: String) throws -> Int {
        let process = try #require(self.process)
        let status = try String(
            contentsOfFile: "/proc/\(process.identifier)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name + ":") })
        return try #require(Int(line.filter(\.isNumber))) << 10
    }

    /// A command by way of a shell, its output in `command.out` and `command.err`.
    fileprivate func command(_ arguments: [String], script: String) throws -> ChildProcess {
        try ChildProcess(
            ["/bin/bash", "-c", script, "bash", try Self.executable()] + arguments,
            environment: [
                "PATH": "/usr/bin:/bin", "PORTILLON_DATA": data,
                "PORTILLON_ADMIN": "http://127.0.0.1:\(adminPort)",
            ],
            output: directory.path("command.out"), errors: directory.path("command.err"))
    }

    /// `portillon export`, with the time that a long one takes.
    fileprivate func export(_ arguments: [String]) throws -> ChildProcess.Ending? {
        try command(["export"] + arguments, script: #""$@""#).wait(atMostSeconds: 300)
    }
}

extension HTTPConnection {
    /// Whether nothing comes for so long; what comes is left where it is.
    fileprivate func isSilentFor(seconds: Double) -> Bool {
        !eventually(withinSeconds: seconds) { !isSilent }
    }
}
