import Bytes
import Foundation
import Ledger
import Testing
import Wire

@testable import Gateway

@Suite("The export of an operation that goes on (C17, C18)", .onOwnThread)
struct ExportTests {
    private func token(_ gateway: TestGateway, _ body: String) throws -> String {
        let made = try gateway.admin("POST", "/v1/tokens", body)
        return try #require(made.object["token"] as? String, "\(made)")
    }

    private func get(
        _ gateway: TestGateway, _ path: String, token: String? = nil, method: String = "GET",
        accept: String? = nil
    ) throws -> Answer {
        let client = try WireClient(port: gateway.adminPort)
        var request = gateway.adminRequest(method, path)
        if let token {
            request = """
                \(method) \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\r\n
                """
        }
        if let accept {
            request = request.replacing("Host: a\r\n", with: "Host: a\r\nAccept: \(accept)\r\n")
        }
        try client.send(request)
        var answer = try client.receiveHead()
        if method == "HEAD" { return answer }
        if let length = answer["content-length"].flatMap({ Int($0) }) {
            answer.body = try client.take(length)
            return answer
        }
        while true {
            let chunk = try client.receiveChunk()
            if chunk.isEmpty { return answer }
            answer.body += chunk
        }
    }

    private func parsed(_ answer: Answer) throws -> [[String: Any]] {
        try answer.text.split(separator: "\n").map {
            try #require(
                JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)")
        }
    }

    /// Enters so many people, many at a time.
    private func enter(
        _ people: Range<Int>, _ gateway: TestGateway, _ operation: TestOperation,
        members: String = ""
    ) throws {
        let client = try gateway.connect()
        var next = people.lowerBound
        while next < people.upperBound {
            let end = min(next + 64, people.upperBound)
            try client.send(
                (next..<end).map { operation.entry("p\($0)", members: members) }.joined())
            for number in next..<end {
                let answer = try client.receive()
                try #require(answer.status == 201, "p\(number): \(answer)")
            }
            next = end
        }
    }

    @Test("has every entry once, with what people gave, and says that it is whole")
    func whole() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open(
            "ete", #""rule":"once","consents":["rules"]"#)
        let other = try gateway.open("hiver")
        let members =
            #""fields":{"size":"M","note":"\#(String(repeating: "x", count: 900))"},"#
            + #""source":"tv","consents":["rules","newsletter"]"#
        try enter(0..<600, gateway, operation, members: members)
        try enter(0..<50, gateway, other)
        let answer = try get(gateway, "/v1/operations/ete/export")
        #expect(answer.status == 200 && answer["content-type"] == "application/x-ndjson")
        #expect(answer["transfer-encoding"] == "chunked", "it is longer than what is sent whole")
        let lines = try parsed(answer)
        #expect(lines.count == 601)
        let people = lines.dropLast().compactMap { $0["participant"] as? String }
        #expect(people == (0..<600).map { "p\($0)" })
        let numbers = lines.dropLast().compactMap { $0["participant_number"] as? Int }
        #expect(numbers == Array(1...600))
        let first = lines[0]
        #expect((first["fields"] as? [String: String])?["size"] == "M")
        #expect(first["source"] as? String == "tv")
        #expect(first["consents"] as? [String] == ["rules", "newsletter"])
        #expect(first["erased"] == nil && first["key_id"] as? String != nil)
        let end = try #require(lines.last)
        #expect(end["complete"] as? Bool == true && end["entries"] as? Int == 600)
        #expect(end["participants"] as? Int == 600 && end["operation"] as? String == "ete")
        let record = try #require(end["last_record"] as? Int)
        #expect(record >= 650 && (end["chain"] as? String)?.utf8.count == 64)
        let short = try get(gateway, "/v1/operations/hiver/export?format=ndjson")
        #expect(short.status == 200)
        #expect(try parsed(short).count == 51)
    }

    @Test("is on record, with who asked, before it begins; and no client runs out of exports")
    func trace() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        try enter(0..<3, gateway, operation)
        let client = try token(gateway, #"{"role":"client","client":"acme"}"#)
        #expect(
            try get(gateway, "/v1/operations/ete/export?format=csv", token: client).status == 200)
        let dossier = try get(gateway, "/v1/operations/ete/evidence").object
        let items = try #require(dossier["items"] as? [[String: Any]])
        let record = try #require(items.last?["record"] as? [String: Any])
        #expect(record["command"] as? String == "person.export")
        #expect(record["format"] as? String == "csv" && record["operation_index"] as? Int == 0)
        let author = try #require(items.last?["by"] as? [String: String])
        #expect(author == ["role": "client", "name": "acme"])
        // HEAD shows nothing, and leaves no trace.
        let head = try get(gateway, "/v1/operations/ete/export", token: client, method: "HEAD")
        #expect(head.status == 200 && head["content-type"] == "application/x-ndjson")
        for _ in 0..<105 {
            let path = "/v1/operations/ete/export"
            #expect(try get(gateway, path, token: client).status == 200)
        }
        let after = try get(gateway, "/v1/operations/ete/evidence").object
        let traces = try #require(after["items"] as? [[String: Any]]).filter {
            ($0["record"] as? [String: Any])?["command"] as? String == "person.export"
        }
        #expect(traces.count == 100, "the last hundred are kept in memory")
    }

    @Test("is refused to every other role, of what is not there, and in another form")
    func refusals() throws {
        let gateway = try TestGateway()
        _ = try gateway.open("ete")
        _ = try gateway.admin("PUT", "/v1/clients/other", #"{"name":"Other"}"#)
        let path = "/v1/operations/ete/export"
        for body in [
            #"{"role":"operator","name":"marie"}"#, #"{"role":"scrape","name":"p"}"#,
            #"{"role":"client","client":"other"}"#,
        ] {
            #expect(try get(gateway, path, token: token(gateway, body)).status == 403, "\(body)")
        }
        let own = try token(gateway, #"{"role":"client","client":"acme"}"#)
        #expect(try get(gateway, path, token: own).status == 200)
        #expect(try get(gateway, "/v1/operations/none/export", token: own).status == 403)
        #expect(try get(gateway, "/v1/operations/none/export").status == 404)
        #expect(try get(gateway, path, token: "wrong").status == 401)
        for query in ["format=xlsx", "form=csv", "format=csv&format=csv"] {
            let answer = try get(gateway, path + "?" + query)
            #expect(answer.status == 422 && answer.text.contains("wrong_query"), "\(query)")
        }
        for query in ["format=csv&", "f%6Frmat=csv", "format=csv"] {
            let answer = try get(gateway, path + "?" + query)
            #expect(answer["content-type"]?.hasPrefix("text/csv") == true, "\(query)")
        }
        let method = try gateway.admin("POST", path)
        #expect(method.status == 405 && method["allow"] == "GET, HEAD")
    }

    /// A slow reader of an export of `ete` has its beginning, then something is done.
    /// - Returns: whether the export was whole all the same.
    private func isWhole(
        _ gateway: TestGateway, token: String, after change: () throws -> Void
    ) throws -> Bool {
        let client = try WireClient(port: gateway.adminPort, receiveBufferBytes: 4_096)
        try client.send(
            "GET /v1/operations/ete/export HTTP/1.1\r\nHost: a\r\n"
                + "Authorization: Bearer \(token)\r\n\r\n")
        #expect(try client.receiveHead().status == 200)
        _ = try client.receiveChunk()
        try change()
        do throws(WireClient.Ending) {
            while try !client.receiveChunk().isEmpty {}
            return true
        } catch {
            #expect(error == .finished)
            return false
        }
    }

    @Test("ends without its last chunk when its token is revoked, or its operation is reset")
    func outlived() throws {
        let gateway = try TestGateway {
            $0.writeSeconds = 300
            $0.unsentBytes = 4_096
        }
        let operation = try gateway.open("ete")
        let note = #""fields":{"note":"\#(String(repeating: "x", count: 2_000))"}"#
        try enter(0..<1_200, gateway, operation, members: note)
        let made = try gateway.admin("POST", "/v1/tokens", #"{"role":"client","client":"acme"}"#)
        let stolen = try #require(made.object["token"] as? String, "\(made)")
        let id = try #require(made.object["token_id"] as? String, "\(made)")
        #expect(try isWhole(gateway, token: stolen) {})
        let isRead = try isWhole(gateway, token: stolen) {
            let revoked = try gateway.admin("POST", "/v1/tokens/\(id)/revoke", "{}")
            #expect(revoked.status == 200, "\(revoked)")
        }
        #expect(!isRead, "the token was revoked")
        let other = try token(gateway, #"{"role":"client","client":"acme"}"#)
        let isKept = try isWhole(gateway, token: other) {
            let reset = try gateway.admin(
                "POST", "/v1/operations/ete/reset", #"{"confirm":"ete"}"#)
            #expect(reset.status == 200, "\(reset)")
        }
        #expect(!isKept, "the operation was reset")
    }

    @Test("a dossier that has no memory for its beginning is a 500, and the gateway goes on")
    func dossierFailed() throws {
        struct Lacking: Error {}
        let bench = try Bench([])
        let problem = EvidenceHandlers(bench.control).problem(Lacking(), of: "ete")
        #expect(problem.status.code == 500 && problem.code == "dossier_failed")
    }

    @Test("as CSV has a header, quotes what must be, and runs nothing in a spreadsheet")
    func csv() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete", #""rule":"unlimited""#)
        let client = try gateway.connect()
        for participant in [#"=1+1"#, "+33612345678", "-x", "@x", "'x", #"a \"b\", c"#, "é\\nü"] {
            let entry = operation.entry(participant, members: #""fields":{"a":"b"}"#)
            #expect(try client.exchange(entry).status == 201, "\(participant)")
        }
        let answer = try get(gateway, "/v1/operations/ete/export?format=csv")
        #expect(answer["content-type"]?.hasPrefix("text/csv") == true)
        #expect(answer["content-disposition"] == "attachment")
        #expect(answer["vary"] == "Accept, Accept-Encoding")
        for (accept, query, type) in [
            ("text/csv", "", "text/csv"), ("text/csv;q=0.1, */*", "", "application/x-ndjson"),
            ("application/x-ndjson;q=0.5, text/csv", "", "text/csv"),
            ("image/png", "", "application/x-ndjson"),
            ("text/csv", "?format=ndjson", "application/x-ndjson"),
        ] {
            let path = "/v1/operations/ete/export" + query
            let asked = try get(gateway, path, accept: accept)
            #expect(asked["content-type"]?.hasPrefix(type) == true, "\(accept)\(query)")
        }
        let rows = answer.text.components(separatedBy: "\r\n")
        #expect(rows.count == 9 && rows.last == "")
        #expect(
            rows[0]
                == "entry,participant_number,at,participant,fields,source,age_confirmed,"
                + "consents_given,consents,consent_texts,key_id,robots,erased")
        for (row, cell) in zip(
            rows.dropFirst(),
            [
                #""'=1+1""#, #""'+33612345678""#, #""'-x""#, #""'@x""#, #""''x""#,
                #""a ""b"", c""#, "\"é\nü\"",
            ])
        {
            #expect(row.contains(",\(cell),\"{\"\"a\"\":\"\"b\"\"}\",,false,"), "\(row)")
        }
    }

    @Test("is compressed for whoever asks for that, piece by piece")
    func gzip() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        // Nothing in it repeats, so that what is compressed is long, too.
        var random = SystemRandomNumberGenerator()
        for start in stride(from: 0, to: 256, by: 32) {
            let noise = (0..<96).map { _ in String(random.next(), radix: 36) }.joined()
            try enter(
                start..<(start + 32), gateway, operation,
                members: #""fields":{"noise":"\#(noise)"}"#)
        }
        let plain = try get(gateway, "/v1/operations/ete/export")
        let client = try WireClient(port: gateway.adminPort)
        try client.send(
            gateway.adminRequest("GET", "/v1/operations/ete/export").replacingOccurrences(
                of: "Host: a\r\n", with: "Host: a\r\nAccept-Encoding: gzip\r\n"))
        var answer = try client.receiveHead()
        #expect(answer["content-encoding"] == "gzip" && answer["vary"] == "Accept, Accept-Encoding")
        if let length = answer["content-length"].flatMap({ Int($0) }) {
            answer.body = try client.take(length)
        } else {
            while true {
                let chunk = try client.receiveChunk()
                if chunk.isEmpty { break }
                answer.body += chunk
            }
        }
        #expect(answer.body.count < plain.body.count)
        let file = gateway.folder.path + "/export.gz"
        try Data(answer.body).write(to: URL(filePath: file))
        let unpack = Process()
        unpack.executableURL = URL(filePath: "/bin/gzip")
        unpack.arguments = ["-dc", file]
        let output = Pipe()
        unpack.standardOutput = output
        try unpack.run()
        let text = String(
            decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        unpack.waitUntilExit()
        #expect(unpack.terminationStatus == 0)
        // The second export names a later record.
        #expect(
            text.split(separator: "\n").dropLast() == plain.text.split(separator: "\n").dropLast())
    }
}
