import Foundation
import Glibc
import TLSClient
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Long lists and long answers come whole, whatever clients declare")
    struct LongListTests {
        private static let operations = 650
        private static let campaigns = 250
        /// The longest there may be: 500 characters, 1,000 bytes.
        private static let note = String(repeating: "é", count: 500)

        /// Many operations; the first three have many campaigns. One in the last page is suspended.
        private func fill(_ gateway: Gateway) throws {
            func ask(_ method: String, _ path: String, _ body: String) throws {
                let answer = try gateway.admin(method, path, body)
                try #require([200, 201].contains(answer.status), "\(path): \(answer)")
            }
            try ask("PUT", "/v1/clients/acme", #"{"name":"Acme"}"#)
            let settings = #"{"client":"acme","title":"Été"}"#
            // It is the first one of each list.
            try ask("PUT", "/v1/operations/o-0", settings)
            try gateway.adminAtOnce(
                (1..<Self.operations).map { number in
                    HTTPRequest("PUT", "/v1/operations/o-\(number)", body: settings)
                })
            let campaign =
                "{\"channel\":\"email\",\"recipients\":1000,\"starts\":\"2099-01-01T00:00:00Z\","
                + "\"note\":\"\(Self.note)\"}"
            try gateway.adminAtOnce(
                (0..<(3 * Self.campaigns)).map { number in
                    HTTPRequest(
                        "POST", "/v1/operations/o-\(number % 3)/campaigns", body: campaign)
                })
            try ask("POST", "/v1/operations/\(Self.suspended)/open", "{}")
            try ask(
                "POST", "/v1/operations/\(Self.suspended)/suspend",
                #"{"ground":"security","note":"n"}"#)
        }

        private static let writeSeconds = 12

        private static let suspended = "o-\(operations - 50)"

        @Test("hundreds of campaigns with the longest notes, hundreds of operations")
        func lists() throws {
            let gateway = try Gateway()
            // Less than it takes a slow reader to read the metrics, and more than a reader stands
            // still beside a busy machine.
            try gateway.start(options: ["--limit", "write_seconds=\(Self.writeSeconds)"])
            try fill(gateway)
            let names = (0..<Self.operations).map { "o-\($0)" }.sorted()
            try checkStatus(gateway)
            try checkPages(gateway, names)
            try checkCommands(gateway, names)
            try checkReaders(gateway)
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }

        private func checkStatus(_ gateway: Gateway) throws {
            let status = try gateway.admin("GET", "/v1/status")
            #expect(status.status == 200)
            let shown = status.json["operations"]?.elements ?? []
            #expect(shown.count == 200)
            #expect(
                shown.first?["operation"] == .string(Self.suspended), "the suspended one is first")
            #expect(status.json["operations_total"]?.integer == Self.operations)
            // 200 operations of a bounded size each.
            #expect(status.body.count < 200 * 24_000, "\(status.body.count) bytes")
        }

        private func checkPages(_ gateway: Gateway, _ names: [String]) throws {
            func all(_ path: String, _ name: String) throws -> [JSON] {
                var elements: [JSON] = []
                var after = ""
                while true {
                    let page = try gateway.admin("GET", "\(path)&after=\(after)")
                    try #require(page.status == 200, "\(page.status)")
                    let part = page.json[name]?.elements ?? []
                    #expect(part.count <= 200)
                    elements += part
                    guard let next = page.json["next"]?.string else { return elements }
                    after = next
                }
            }
            let operations = try all("/v1/operations?limit=173", "operations")
            #expect(operations.compactMap { $0["operation"]?.string }.sorted() == names)
            #expect(operations.first?["campaigns_total"]?.integer == Self.campaigns)
            #expect(operations.first?["campaigns"]?.elements.count == 5)
            let suspended = try all("/v1/operations?client=acme&state=suspended", "operations")
            #expect(suspended.compactMap { $0["operation"]?.string } == [Self.suspended])
            let campaigns = try all("/v1/operations/o-0/campaigns?limit=200", "campaigns")
            #expect(campaigns.count == Self.campaigns)
            #expect(campaigns.allSatisfy { $0["note"]?.string == Self.note })
        }

        private func checkCommands(_ gateway: Gateway, _ names: [String]) throws {
            let list = try gateway.say("operation", "list", "--json")
            #expect(list.ending == .exit(0), "\(list.errors)")
            let listed = list.json["operations"]?.elements ?? []
            #expect(listed.compactMap { $0["operation"]?.string }.sorted() == names)
            let table = try gateway.say("operation", "list")
            #expect(firstWords(table.output).isSuperset(of: names), "a line for each")
            let status = try gateway.say("status", "--json")
            #expect(status.ending == .exit(0), "\(status.errors)")
            let all = status.json["operations"]?.elements.compactMap { $0["operation"]?.string }
            #expect(all?.first == Self.suspended)
            #expect(Set(all ?? []) == Set(names))
            #expect(all?.count == names.count, "each once")
            let text = try gateway.say("status")
            #expect(firstWords(text.output).isSuperset(of: names), "a line for each")
            let campaigns = try gateway.say("campaign", "list", "o-0", "--json")
            #expect(campaigns.ending == .exit(0), "\(campaigns.errors)")
            #expect(campaigns.json["campaigns"]?.elements.count == Self.campaigns)
            let shown = try gateway.say("operation", "show", "o-0")
            #expect(
                shown.output.contains(
                    "\(Self.campaigns - 50) older ones: \"portillon campaign list o-0\""))
        }

        private func firstWords(_ text: String) -> Set<String> {
            Set(
                text.split(separator: "\n")
                    .compactMap { $0.split(whereSeparator: \.isWhitespace).first.map(String.init) })
        }

        /// A long answer of a known length, read at once and little by little.
        private func checkReaders(_ gateway: Gateway) throws {
            let path = "/v1/operations/o-0/campaigns?limit=200"
            let whole = try gateway.admin("GET", path)
            #expect(whole.status == 200)
            #expect(whole.body.count > 200_000, "\(whole.body.count) bytes")
            let request = HTTPRequest(
                "GET", path,
                [
                    (name: "Authorization", value: "Bearer \(gateway.token)"),
                    (name: "Connection", value: "close"),
                ])
            let reader = try SlowReader(port: gateway.adminPort)
            try reader.send(request.text)
            // Three seconds more than the limit, for all the bytes.
            let microseconds = (Self.writeSeconds + 3) * 1_000_000
            let began = ContinuousClock.now
            var bytes = 0
            var head: [UInt8] = []
            while true {
                let piece = reader.receive(atMost: 16_384)
                if piece.isEmpty { break }
                if head.count < 2_048 { head += piece.prefix(2_048) }
                bytes += piece.count
                usleep(UInt32(piece.count * microseconds / whole.body.count))
            }
            #expect(
                ContinuousClock.now - began > .seconds(Self.writeSeconds), "longer than the limit")
            let text = String(decoding: head, as: UTF8.self)
            let end = try #require(text.firstRange(of: "\r\n\r\n"))
            let length = try #require(
                text.firstMatch(of: /Content-Length: (\d+)\r\n/).flatMap { Int($0.1) })
            #expect(bytes == length + text[..<end.upperBound].utf8.count, "it is whole")
        }

        @Test("a long answer over TLS is whole, and so is what is asked behind it")
        func secure() throws {
            let secure = try SecureGateway()
            let gateway = secure.gateway
            gateway.tls = nil
            gateway.adminTLS = secure.trusting
            try gateway.start(options: [
                "--admin-tls-certificate", secure.ecdsa.certificate,
                "--admin-tls-key", secure.ecdsa.key,
            ])
            _ = try gateway.openOperation()
            let credentials = [(name: "Authorization", value: "Bearer \(gateway.token)")]
            let connection = try gateway.adminConnection()
            let path = "/v1/operations/ete/campaigns"
            for _ in 0..<200 {
                let body =
                    "{\"channel\":\"sms\",\"recipients\":1,\"starts\":\"2099-01-01T00:00:00Z\","
                    + "\"note\":\"\(Self.note)\"}"
                let request = HTTPRequest("POST", path, credentials, body: body)
                try #require(try connection.exchange(request.text).status == 201)
            }
            let list = HTTPRequest("GET", path, credentials).text
            // Three at once: each waits for the one before.
            try connection.send(list + list + list)
            for _ in 0..<3 {
                let answer = try connection.receive()
                #expect(answer.body.count > 200_000)
                let campaigns = answer.json["campaigns"]?.elements ?? []
                #expect(campaigns.count == 200)
                #expect(campaigns.allSatisfy { $0["note"]?.string == Self.note })
            }
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }

        // MARK: Answers that are not whole

        /// A command beside a server that is no gateway.
        private func say(
            _ arguments: [String], to answers: [String], then end: FakeServer.End = .closes
        ) throws -> Gateway.Said {
            let server = try FakeServer(answers, then: end)
            defer { server.stop() }
            let gateway = try Gateway()
            return try gateway.say(
                arguments,
                variables: [
                    "PORTILLON_ADMIN": "http://127.0.0.1:\(server.port)", "PORTILLON_TOKEN": "t",
                ])
        }

        private func head(_ fields: String) -> String {
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\(fields)\r\n\r\n"
        }

        @Test("an answer that is cut is told as that, with what came of it")
        func cut() throws {
            let part = "{\"operations\":[" + String(repeating: " ", count: 98_289)
            let said = try say(["status"], to: [head("Content-Length: 5242880") + part])
            #expect(said.ending == .exit(74), "\(said)")
            #expect(said.errors.contains("was cut off"), "\(said)")
            #expect(said.errors.contains("98304 of 5242880 bytes"), "\(said)")
            #expect(!said.errors.contains("no gateway"), "\(said)")
            let chunk = "4000\r\n" + String(repeating: " ", count: 0x4000) + "\r\n"
            let chunked = try say(
                ["operation", "list", "--json"], to: [head("Transfer-Encoding: chunked") + chunk])
            #expect(chunked.ending == .exit(74), "\(chunked)")
            #expect(chunked.errors.contains("closed after 16384 bytes"), "\(chunked)")
            let change = try say(
                ["operation", "open", "ete"], to: [head("Content-Length: 10") + "{"])
            #expect(change.ending == .exit(74), "\(change)")
            #expect(change.errors.contains("look before you repeat it"), "\(change)")
            let endless = try say(["status"], to: [head("Server: x") + "{\"version\":"])
            #expect(endless.ending == .exit(74), "\(endless)")
            #expect(endless.errors.contains("breaks off"), "\(endless)")
        }

        @Test("a list that breaks off behind its first page is no whole list")
        func cutPage() throws {
            let page = #"{"next":"0","operations":[{"operation":"ete"}]}"#
            let whole = head("Content-Length: \(page.utf8.count)") + page
            let cut = head("Content-Length: 99") + "{"
            for arguments in [["operation", "list"], ["operation", "list", "--json"]] {
                let said = try say(arguments, to: [whole, cut])
                #expect(said.ending == .exit(74), "\(said)")
                #expect(said.errors.contains("was cut off"), "\(said)")
                #expect(said.json == .null, "no document")
            }
            // One that leads in circles ends.
            let circle = try say(["operation", "list"], to: [whole])
            #expect(circle.ending == .exit(74), "\(circle)")
        }

        @Test("an answer that is too long, and no gateway, are told apart from it")
        func others() throws {
            let long = try say(["status"], to: [head("Content-Length: 300000000")])
            #expect(long.ending == .exit(74), "\(long)")
            #expect(long.errors.contains("longer than the 268435456 bytes"), "\(long)")
            let gateway = try Gateway()
            let nobody = try gateway.say(["status"], variables: ["PORTILLON_TOKEN": "t"])
            #expect(nobody.ending == .exit(69), "\(nobody)")
            #expect(nobody.errors.contains("no gateway answered"), "\(nobody)")
        }

        @Test("the load runner tells a cut answer as one, too")
        func runner() throws {
            let server = try FakeServer([head("Content-Length: 100") + "{"])
            defer { server.stop() }
            let directory = TemporaryDirectory()
            let scenario = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../loadtests/scenarios/smoke.json").standardizedFileURL.path
            let url = "http://127.0.0.1:\(server.port)"
            let process = try ChildProcess(
                [
                    Gateway.built("portillon-load"), "run", scenario, "--target", url, "--admin",
                    url, "--token", "t", "--out", directory.path("results"), "--quiet",
                ], environment: ["PATH": "/usr/bin:/bin"], output: directory.path("output.log"),
                errors: directory.path("errors.log"))
            #expect(process.wait(atMostSeconds: 120) == .exit(74))
            #expect(directory.text("errors.log").contains("was cut off"))
        }
    }
}

/// A client with a small receive buffer, which reads when a test says so.
private final class SlowReader {
    private let descriptor: Int32

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        var bytes: Int32 = 32_768
        let width = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, width)
        var address = LoopbackAddress(port: port).value
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = descriptor
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(number, $0, length)
            }
        }
        try #require(result == 0)
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        let count = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        try #require(count == bytes.count)
    }

    /// What has come, once something has; nothing at the end.
    func receive(atMost maximum: Int) -> [UInt8] {
        var room = [UInt8](repeating: 0, count: maximum)
        let count = unsafe room.withUnsafeMutableBytes {
            unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
        }
        return Array(room[..<max(count, 0)])
    }
}
