import Foundation
import Glibc
import TLSClient
import TestSupport
import Testing

/// A gateway whose public listener speaks TLS, and what it speaks it with.
struct SecureGateway {
    let gateway: Gateway
    let authority: TestCertificate
    let ecdsa: TestCertificate
    let rsa: TestCertificate

    init() throws {
        gateway = try Gateway()
        let folder = gateway.directory
        authority = try TestCertificate(at: folder.path("authority"), names: ["authority.test"])
        let names = ["gateway.test", "127.0.0.1"]
        ecdsa = try TestCertificate(at: folder.path("ecdsa"), names: names, issuer: authority)
        rsa = try TestCertificate(
            at: folder.path("rsa"), names: names, kind: .rsa, issuer: authority)
        gateway.tls = trusting
    }

    /// A client that takes the authority's certificates alone.
    var trusting: TLSOptions {
        TLSOptions { options in
            options.authorities = authority.certificate
            options.serverName = "gateway.test"
        }
    }

    var flags: [String] {
        [
            "--tls-certificate", "\(ecdsa.certificate):\(rsa.certificate)",
            "--tls-key", "\(ecdsa.key):\(rsa.key)",
        ]
    }

    /// What `/metrics` counts of handshakes.
    func handshakes(_ result: String, version: String) throws -> Int {
        try count(
            "portillon_tls_handshakes_total", "result=\"\(result)\",version=\"\(version)\"")
    }

    /// What `/metrics` counts of the public listener.
    func count(_ name: String, _ labels: String) throws -> Int {
        let line = "\(name){listener=\"public\",\(labels)} "
        let text = try gateway.admin("GET", "/metrics").text
        let found = text.split(separator: "\n").first { $0.hasPrefix(line) }
        return try #require(found.flatMap { Int($0.dropFirst(line.count)) }, "\(line): \(text)")
    }
}

/// Starts a gateway that speaks TLS, lets a test use it, and holds it to a clean end.
func withSecureGateway(options: [String] = [], _ test: (SecureGateway) throws -> Void) throws {
    let secure = try SecureGateway()
    try secure.gateway.start(options: secure.flags + options)
    try test(secure)
    if secure.gateway.process != nil {
        #expect(try secure.gateway.stop() == .exit(0), "SIGTERM: \(secure.gateway.errors)")
    }
}

extension EndToEnd {
    @Suite("TLS")
    struct TLSTests {
        @Test("an entry over TLS is as durable as any")
        func durable() throws {
            try withSecureGateway { secure in
                let gateway = secure.gateway
                let operation = try gateway.openOperation()
                for (number, version) in ["TLSv1.2", "TLSv1.3"].enumerated() {
                    gateway.tls?.commands = [("MinProtocol", version), ("MaxProtocol", version)]
                    let connection = try gateway.connect()
                    #expect(connection.secured?.version == version)
                    for index in 0..<50 {
                        let entry = operation.entry("p\(number)-\(index)")
                        #expect(try connection.exchange(entry.text).status == 201)
                    }
                }
                try gateway.kill()
                try gateway.start(options: secure.flags)
                let again = try gateway.connect().exchange(operation.entry("p0-0").text)
                #expect(again.status == 200, "\(again)")
                #expect(try gateway.state(of: operation)["participants"]?.integer == 100)
            }
        }

        @Test("requests in one record or in many, one byte at a time, are answered in order")
        func pieces() throws {
            try withSecureGateway { secure in
                let operation = try secure.gateway.openOperation()
                let piped = try secure.gateway.connect()
                let text = (0..<100).map { operation.entry("piped-\($0)").text }.joined()
                try piped.send(text)
                for index in 0..<100 {
                    let answer = try piped.receive()
                    #expect(answer.status == 201, "\(index): \(answer)")
                }
                secure.gateway.tls?.pieceBytes = 1
                let slow = try secure.gateway.connect()
                #expect(try slow.exchange(operation.entry("slow").text).status == 201)
                secure.gateway.tls?.pieceBytes = .max
                let large = operation.entry(
                    "large",
                    members: "\"fields\":{\"a\":\"\(String(repeating: "x", count: 8_000))\"}")
                #expect(try secure.gateway.connect().exchange(large.text).status == 201)
            }
        }

        @Test("plain HTTP is told that TLS is needed, and counted")
        func plainText() throws {
            try withSecureGateway { secure in
                for method in ["GET", "OPTIONS"] {
                    let connection = try HTTPConnection(port: secure.gateway.port)
                    let answer = try connection.exchange(HTTPRequest(method, "/healthz").text)
                    expectProblem(answer, 400, code: "tls_required")
                    #expect(answer["connection"] == "close")
                    connection.finishSending()
                    #expect(connection.isClosedByPeer())
                }
                #expect(try secure.handshakes("plain_http", version: "none") == 2)
            }
        }

        @Test("who is silent in the handshake, or never ends it, is cut at the head's deadline")
        func silence() throws {
            try withSecureGateway(options: ["--limit", "head_seconds=1"]) { secure in
                let start = ContinuousClock.now
                let silent = try HTTPConnection(port: secure.gateway.port)
                let slow = try HTTPConnection(port: secure.gateway.port)
                // A record's header, and nothing of the record.
                try slow.send([0x16, 3, 1, 2, 0])
                #expect(silent.isClosedByPeer())
                #expect(slow.isClosedByPeer())
                let took = ContinuousClock.now - start
                // Without the limit it is two minutes.
                #expect(took > .milliseconds(500) && took < .seconds(60), "\(took)")
                #expect(
                    try eventually(withinSeconds: 30) {
                        try secure.handshakes("timed_out", version: "none") == 2
                    })
                // A handshake is one thing, the head behind it another: each has its time.
                let connection = try connectInTime(secure.gateway)
                try connection.send("GET /healthz HTTP/1.1\r\n")
                #expect(try connection.receive().status == 408)
            }
        }

        /// A connection whose handshake took less than the second that it may: a busy machine may
        /// need a few tries.
        private func connectInTime(_ gateway: Gateway) throws -> HTTPConnection {
            for _ in 0..<10 {
                // Too late: the next one may not be.
                if let connection = try? gateway.connect() { return connection }
            }
            return try gateway.connect()
        }

        @Test("handshakes are counted by what they came to, and the certificate's end is told")
        func metrics() throws {
            try withSecureGateway { secure in
                for version in ["TLSv1.2", "TLSv1.3"] {
                    secure.gateway.tls?.commands = [
                        ("MinProtocol", version), ("MaxProtocol", version),
                    ]
                    secure.gateway.tls?.ticket = nil
                    let first = try secure.gateway.connect()
                    #expect(try first.exchange(HTTPRequest("GET", "/healthz").text).status == 200)
                    secure.gateway.tls?.ticket = first.secured?.ticket
                    let second = try secure.gateway.connect()
                    #expect(second.secured?.isResumed == true, "\(version)")
                    // Answered means that the gateway, too, has come to the handshake's end.
                    #expect(try second.exchange(HTTPRequest("GET", "/healthz").text).status == 200)
                    let name = String(version.dropFirst(4))
                    #expect(try secure.handshakes("full", version: name) == 1)
                    #expect(try secure.handshakes("resumed", version: name) == 1)
                }
                secure.gateway.tls = TLSOptions { $0.protocols = ["h2"] }
                #expect(throws: TLSFailure.self) { try secure.gateway.connect() }
                #expect(
                    try eventually(withinSeconds: 30) {
                        try secure.handshakes("failed", version: "none") == 1
                    })
                let text = try secure.gateway.admin("GET", "/metrics").text
                #expect(
                    text.contains(
                        "portillon_tls_certificate_expiry_timestamp_seconds{listener=\"public\","
                            + "certificate=\"\(secure.rsa.certificate)\"} "), "\(text)")
            }
        }

        @Test(
            "SIGHUP brings another certificate, and an open connection goes on; a bad file does not"
        )
        func reload() throws {
            try withSecureGateway { secure in
                let gateway = secure.gateway
                let operation = try gateway.openOperation()
                let kept = try gateway.connect()
                #expect(try kept.exchange(operation.entry("before").text).status == 201)
                let session = kept.secured?.ticket
                let fresh = try TestCertificate(
                    at: gateway.directory.path("fresh"), names: ["renewed.test", "gateway.test"],
                    issuer: secure.authority)
                try FileManager.default.replace(secure.ecdsa.certificate, with: fresh.certificate)
                gateway.process?.send(SIGHUP)
                // The key does not go with it yet: the renewal is half done.
                let refusal = "reload failed; the settings in force stay"
                #expect(eventually(withinSeconds: 30) { gateway.errors.contains(refusal) })
                #expect(gateway.says("tls.key \(secure.ecdsa.key)"), "\(gateway.errors)")
                #expect(try gateway.connect().secured?.certificate?.name == "gateway.test")
                try FileManager.default.replace(secure.ecdsa.key, with: fresh.key)
                gateway.process?.send(SIGHUP)
                #expect(
                    try eventually(withinSeconds: 30) {
                        try gateway.connect().secured?.certificate?.name == "renewed.test"
                    })
                // It is in force before it is said.
                let said = "public certificates"
                #expect(
                    eventually(withinSeconds: 30) { gateway.errors.contains(said) },
                    "\(gateway.errors)")
                #expect(try kept.exchange(operation.entry("after").text).status == 201)
                // Tickets outlive the certificate they were given under.
                gateway.tls?.ticket = session
                #expect(try gateway.connect().secured?.isResumed == true)
            }
        }

        @Test("who never begins a handshake holds up no end")
        func silentAtTheEnd() throws {
            // Whatever would wait for it has far more time than the end may take.
            let limits = ["head_seconds=300", "drain_seconds=600"]
            try withSecureGateway(options: limits.flatMap { ["--limit", $0] }) { secure in
                let gateway = secure.gateway
                // Both are there before the end is, as others after them are served.
                let silent = try HTTPConnection(port: gateway.port)
                #expect(
                    try gateway.connect().exchange(HTTPRequest("GET", "/healthz").text).status
                        == 200)
                #expect(try gateway.stop() == .exit(0), "a minute and a half is enough")
                withExtendedLifetime(silent) {}
            }
        }

        @Test("handshakes that are too long, or never end, are cut by their limits and counted")
        func greedyHandshakes() throws {
            let limits = ["handshake_bytes=4096", "post_handshake_messages=3"]
            try withSecureGateway(options: limits.flatMap { ["--limit", $0] }) { secure in
                let gateway = secure.gateway
                let long = try HTTPConnection(port: gateway.port)
                // The beginning of a ClientHello of 16,380 bytes.
                let hello: [UInt8] = [0x16, 3, 1, 0x40, 0, 1, 0, 0x3F, 0xFC, 3, 3]
                try long.send(hello + [UInt8](repeating: 0, count: 8_000))
                #expect(long.isClosedByPeer())
                #expect(
                    try eventually(withinSeconds: 30) {
                        try secure.handshakes("too_long", version: "none") == 1
                    })

                gateway.tls?.commands = [("MinProtocol", "TLSv1.3")]
                let restless = try gateway.connect()
                let health = HTTPRequest("GET", "/healthz").text
                for _ in 0..<3 {
                    try restless.secured?.updateKeys()
                    #expect(try restless.exchange(health).status == 200)
                }
                try restless.secured?.updateKeys()
                #expect(throws: HTTPConnection.Failure.self) { try restless.exchange(health) }
                let ended = "portillon_connections_ended_total"
                #expect(
                    try eventually(withinSeconds: 30) {
                        try secure.count(ended, "limit=\"handshakes\"") == 1
                    })
            }
        }

        @Test("1,000 idle connections cost less than 24 KiB each")
        func idleMemory() throws {
            try withSecureGateway { secure in
                let process = try #require(secure.gateway.process)
                func residentBytes() throws -> Int {
                    let path = "/proc/\(process.identifier)/statm"
                    let text = try String(contentsOfFile: path, encoding: .utf8)
                    let pages = text.split(separator: " ").compactMap { Int($0) }
                    return try #require(pages.count > 1 ? pages[1] : nil) * Int(getpagesize())
                }
                // What is allocated once is allocated by now.
                for _ in 0..<50 {
                    let request = HTTPRequest("GET", "/healthz").text
                    #expect(try secure.gateway.connect().exchange(request).status == 200)
                }
                let before = try residentBytes()
                var idle: [HTTPConnection] = []
                for _ in 0..<1_000 {
                    let connection = try secure.gateway.connect()
                    let request = HTTPRequest("GET", "/healthz").text
                    #expect(try connection.exchange(request).status == 200)
                    idle.append(connection)
                }
                let each = (try residentBytes() - before) / idle.count
                print("an idle TLS connection holds \(each) bytes")
                #expect(each < 24 << 10)
            }
        }
    }
}

extension FileManager {
    /// Puts a copy of a file in another one's place.
    fileprivate func replace(_ path: String, with other: String) throws {
        try removeItem(atPath: path)
        try copyItem(atPath: other, toPath: path)
    }
}
