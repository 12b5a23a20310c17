import ArgumentParser
import Foundation
import Sockets
import TestSupport
import Testing
import Wire

@testable import portillon

@Suite("Talking to a gateway")
struct AdminTests {
    @Test("a refusal is told with its detail and every pointer")
    func refusal() {
        let problem = JSONValue.object([
            "title": .string("Wrong shape"), "detail": .string("Not as expected."),
            "errors": .array([
                .object(["pointer": .string("/rule"), "detail": .string("Must be one of …")]),
                .object(["pointer": .string("/name"), "detail": .string("Required.")]),
            ]),
        ])
        let failure = GatewayClient.refusal(422, problem, from: "a")
        #expect(failure.status == 1)
        #expect(
            failure.lines == [
                "Not as expected.", "  /rule: Must be one of …", "  /name: Required.",
            ])
    }

    @Test("what a refusal says twice is told once")
    func refusalOnce() {
        let fault = JSONValue.object(["pointer": .string("/name"), "detail": .string("Too long.")])
        let problem = JSONValue.object(["detail": .string("Too long."), "errors": .array([fault])])
        #expect(GatewayClient.refusal(422, problem, from: "a").lines == ["/name: Too long."])
        let named = JSONValue.object([
            "detail": .string("`/name` must be shorter."), "errors": .array([fault]),
        ])
        #expect(GatewayClient.refusal(422, named, from: "a").lines == ["/name: Too long."])
    }

    @Test("the wrong listener is recognised")
    func wrongListener() {
        let problem = JSONValue.object(["code": .string("not_found"), "detail": .string("x")])
        let failure = GatewayClient.refusal(404, problem, from: "http://p:8080")
        #expect(failure.status == 1)
        #expect(failure.text.contains("http://p:8080"))
        #expect(failure.text.contains("admin listener"))
    }

    @Test("a token that is not taken says where tokens come from")
    func unauthorized() {
        let failure = GatewayClient.refusal(401, .object(["detail": .string("x")]), from: "a")
        #expect(failure.status == 1)
        #expect(failure.text.contains("--data"))
    }

    @Test("a token that has expired is told as that")
    func expired() {
        let problem = JSONValue.object([
            "code": .string("token_expired"), "detail": .string("This token expired at noon."),
        ])
        let failure = GatewayClient.refusal(401, problem, from: "a")
        #expect(failure.status == 1 && failure.lines == ["This token expired at noon."])
    }

    @Test("of tokens and revocations what was given is sent, and nothing else")
    func tokenBodies() throws {
        let usual = try TokenCommand.Create.parse(["auditor", "kpmg"])
        #expect(usual.body == ["role": .string("auditor"), "name": .string("kpmg")])
        let dated = try TokenCommand.Create.parse(["client", "acme", "--expires", "t"])
        #expect(
            dated.body == [
                "role": .string("client"), "client": .string("acme"), "expires": .string("t"),
            ])
        let renewal = try TokenCommand.Renew.parse(["t-1"])
        #expect(renewal.body.isEmpty)
        let other = try TokenCommand.Renew.parse(["t-1", "--overlap", "60", "--expires", "t"])
        #expect(other.body == ["overlap_seconds": .integer(60), "expires": .string("t")])
        let revoked = try KeyCommand.Revoke.parse(["k-1", "--reason", "lost"])
        #expect(revoked.revocation.body == ["reason": .string("lost")])
        let declared = try KeyCommand.Revoke.parse([
            "k-1", "--reason", "stolen", "--declared-at", "t",
        ])
        #expect(
            declared.revocation.body == [
                "reason": .string("stolen"), "declared_at": .string("t"),
            ])
    }

    @Test("where nobody listens, one line says where and what to do")
    func unreachable() throws {
        // Port 1 of this machine: nobody but root could listen there, and nobody does.
        let client = try GatewayClient("127.0.0.1:1", token: "t")
        let failure = #expect(throws: CommandFailure.self) {
            try client.call("GET", ["v1", "status"])
        }
        #expect(failure?.status == 69)
        #expect(failure?.lines.count == 1)
        #expect(failure?.text.contains("http://127.0.0.1:1 ") == true)
        #expect(failure?.text.contains("portillon serve") == true)
    }

    @Test("an answer that is late is not known: exit status 69, and a warning before a repetition")
    func late() throws {
        // It takes connections, and nobody reads from them.
        let listener = try Listener(on: try #require(SocketAddress("127.0.0.1:0")))
        let client = try GatewayClient("\(listener.address)", token: "t")
        let failure = #expect(throws: CommandFailure.self) {
            try client.call("POST", ["v1", "tokens"], [:], withinSeconds: 2)
        }
        #expect(failure?.status == 69)
        #expect(failure?.text.contains("look before you repeat it") == true)
        #expect(listener.address.port > 0, "it listens until here")
    }

    @Test("an answer that stops coming is told as that: exit status 74")
    func stalled() throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        let server = try FakeServer([head + "Content-Length: 100\r\n\r\n{\"a\":"], then: .hangs)
        defer { server.stop() }
        let client = try GatewayClient("127.0.0.1:\(server.port)", token: "t")
        let failure = #expect(throws: CommandFailure.self) {
            // The server's thread may not run for seconds.
            try client.call("GET", ["v1", "status"], withinSeconds: 15)
        }
        #expect(failure?.status == 74)
        #expect(failure?.text.contains("stopped coming: 5 of 100 bytes") == true)
        #expect(failure?.text.contains("no gateway") == false)
    }

    @Test("what cannot be part of a request is a mistake in the call")
    func unusable() throws {
        let client = try GatewayClient("127.0.0.1:1", token: "t")
        let failure = #expect(throws: CommandFailure.self) { try client.call("GET", ["v1", ".."]) }
        #expect(failure?.status == 64)
        let token = try GatewayClient("127.0.0.1:1", token: "t\r\nX: y")
        #expect(throws: CommandFailure.self) { try token.call("GET", ["v1", "status"]) }
    }

    @Test("what is no address of a listener is a wrong setting", arguments: ["", "a b", "ftp://x"])
    func wrongAddress(address: String) {
        let failure = #expect(throws: CommandFailure.self) {
            try GatewayClient(address, token: "t")
        }
        #expect(failure?.status == 78)
    }

    @Test("the listener is the flag's, the variable's, the one a gateway here would have")
    func addresses() {
        let listen = ["PORTILLON_ADMIN_LISTEN": "0.0.0.0:7"]
        let both = listen.merging(["PORTILLON_ADMIN": "http://a"]) { $1 }
        #expect(AdminOptions.address(flag: "http://f", environment: both) == "http://f")
        #expect(AdminOptions.address(flag: nil, environment: both) == "http://a")
        #expect(AdminOptions.address(flag: nil, environment: listen) == "127.0.0.1:7")
        #expect(AdminOptions.address(flag: nil, environment: [:]) == "http://127.0.0.1:8081")
    }

    @Test("the token comes from the flag, the folder named, the environment, the usual folder")
    func tokens() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("portillon-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // What stays behind is in a temporary folder.
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("admin.token")
        try Data("at_file\r\n".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        let both = ["PORTILLON_TOKEN": "at_variable", "PORTILLON_DATA": folder.path]
        let data = ["PORTILLON_DATA": folder.path]
        #expect(try AdminToken.find(flag: "f", data: "/nope", environment: both) == "f")
        #expect(try AdminToken.find(flag: nil, data: folder.path, environment: both) == "at_file")
        #expect(try AdminToken.find(flag: nil, data: nil, environment: both) == "at_variable")
        #expect(try AdminToken.find(flag: nil, data: nil, environment: data) == "at_file")
        let failure = #expect(throws: CommandFailure.self) {
            try AdminToken.find(flag: nil, data: "/nope", environment: both)
        }
        #expect(failure?.status == 78)
        #expect(failure?.text.contains("/nope/admin.token") == true)
        let pasted = try AdminToken.find(flag: " at_x\r\n", data: nil, environment: [:])
        #expect(pasted == "at_x")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
        let open = #expect(throws: CommandFailure.self) {
            try AdminToken.find(flag: nil, data: folder.path, environment: [:])
        }
        #expect(open?.text.contains("chmod 600") == true, "others can read it")
    }

    @Test("an operation's settings are sent as they were given, and no others")
    func operationSettings() throws {
        let minimum = try OperationCommand.Put.parse(["ete", "--client", "a", "--title", "T"])
        #expect(minimum.settings == ["client": .string("a"), "title": .string("T")])
        let maximum = try OperationCommand.Put.parse([
            "ete", "--client", "a", "--title", "T", "--rule", "daily", "--time-zone",
            "Europe/Paris", "--opens", "o", "--closes", "c", "--start", "shuffled",
            "--minimum-age", "18", "--consent",
            "x", "--consent", "y", "--allowed-origin", "https://a", "--robots", "observe",
            "--network", "192.0.2.0/24", "--network", "2001:db8::1", "--policy", "enforce",
            "--allowed-robot", "Agent",
        ])
        #expect(
            maximum.settings == [
                "client": .string("a"), "title": .string("T"), "rule": .string("daily"),
                "time_zone": .string("Europe/Paris"), "opens": .string("o"),
                "closes": .string("c"), "start": .string("shuffled"),
                "minimum_age": .integer(18),
                "consents": .array([.string("x"), .string("y")]),
                "allowed_origins": .array([.string("https://a")]),
                "robots": .string("observe"), "policy": .string("enforce"),
                "networks": .array([.string("192.0.2.0/24"), .string("2001:db8::1")]),
                "allowed_robots": .array([.string("Agent")]),
            ])
    }

    @Test("of a set only what was named is sent, and null for what is taken back")
    func settingChanges() throws {
        let set = try OperationCommand.Set.parse([
            "ete", "--title", "T", "--consent-text", "a=b=00", "--unset", "opens", "--unset",
            "minimum-age", "--public-reason", "Back soon.",
        ])
        #expect(
            set.body == [
                "title": .string("T"), "opens": .null, "minimum_age": .null,
                "public_reason": .string("Back soon."),
                "consent_texts": .object(["a=b": .string("00")]),
            ])
        let person = try OperationCommand.Set.parse([
            "ete", "--identity", "phone", "--country", "FR", "--second-key", "a=b=2",
            "--cap-entries", "7", "--unset", "rule",
        ])
        #expect(
            person.body == [
                "identity": .string("phone"), "country": .string("FR"), "rule": .null,
                "second_key": .object(["name": .string("a=b"), "limit": .integer(2)]),
                "cap": .object(["entries": .integer(7), "participants": .null]),
            ])
        for wrong in [
            [], ["--opens", "x", "--unset", "opens"], ["--consent-text", "rules"],
            ["--second-key", "household"], ["--second-key", "household=two"],
            ["--cap-entries", "7", "--cap-participants", "7"], ["--identity", "mail"],
        ] {
            #expect(throws: (any Error).self) {
                try OperationCommand.Set.parse(["ete"] + wrong)
            }
        }
    }

    @Test("a put shows what it changes, also what goes back to its default")
    func putChanges() {
        let current = JSONValue.object([
            "client": .string("a"), "title": .string("T"), "rule": .string("daily"),
            "time_zone": .string("UTC"), "opens": .string("2026-06-01T00:00:00.000Z"),
            "start": .string("first_come"),
            "consents": .array([.string("rules")]), "consent_texts": .object([:]),
            "allowed_origins": .array([]), "networks": .array([]), "robots": .string("observe"),
            "allowed_robots": .array([]), "policy": .string("advise"),
            "identity": .string("opaque"), "cap_reached": .bool(false),
        ])
        let same: [String: JSONValue] = [
            "client": .string("a"), "title": .string("T"), "rule": .string("daily"),
            "opens": .string("2026-06-01T02:00:00+02:00"), "consents": .array([.string("rules")]),
        ]
        #expect(SettingChanges.lines(from: current, to: same, timeZone: "UTC").isEmpty)
        #expect(
            SettingChanges.lines(from: current, to: same, timeZone: "Europe/Paris")
                == ["  time_zone: UTC -> Europe/Paris (left out: back to its default)"])
        #expect(
            SettingChanges.lines(
                from: current, to: ["client": .string("a"), "title": .string("U")],
                timeZone: "UTC")
                == [
                    "  title: T -> U", "  rule: daily -> once (left out: back to its default)",
                    "  opens: 2026-06-01T00:00:00.000Z -> none (left out: back to its default)",
                    "  consents: rules -> none (left out: back to its default)",
                ])
    }
}
