import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A gateway listens where it is told to, by every family of addresses")
    struct ListenTests {
        /// Whether something answers `GET /healthz` at an address.
        private func answers(_ address: String, _ port: UInt16) throws -> Bool {
            let curl = try ChildProcess(
                [
                    "/usr/bin/env", "curl", "-sf", "-o", "/dev/null", "-m", "60", "-g",
                    "http://\(address):\(port)/healthz",
                ],
                environment: ["PATH": "/usr/bin:/bin"], output: "/dev/null", errors: "/dev/null")
            return curl.wait(atMostSeconds: 90) == .exit(0)
        }

        @Test(
            "localhost, every address and a host's name are heard by both families",
            arguments: ["localhost", "", "*", "LocalHost"])
        func families(host: String) throws {
            let gateway = try Gateway()
            try gateway.start(options: [
                "--listen", "\(host):\(gateway.port)",
                "--admin-listen", "\(host):\(gateway.adminPort)", "--workers", "2",
            ])
            let hasIPv6 = FileManager.default.fileExists(atPath: "/proc/net/if_inet6")
            for port in [gateway.port, gateway.adminPort] {
                #expect(try answers("127.0.0.1", port), "\(gateway.errors)")
                #expect(try answers("localhost", port), "\(gateway.errors)")
                // More than one, so that each worker's turn comes.
                for _ in 0..<6 where hasIPv6 { #expect(try answers("[::1]", port)) }
            }
            for admin in [
                "http://[::1]:\(gateway.adminPort)", "[::1]:\(gateway.adminPort)",
                "localhost:\(gateway.adminPort)", ":\(gateway.adminPort)",
                "*:\(gateway.adminPort)", "0.0.0.0:\(gateway.adminPort)",
                "[::]:\(gateway.adminPort)",
            ] {
                let said = try gateway.say("status", "--admin", admin)
                #expect(said.ending == .exit(0), "\(admin): \(said)")
            }
            let listen = "\(host):\(gateway.adminPort)"
            let said = try gateway.say(
                ["status"], variables: ["PORTILLON_ADMIN": "", "PORTILLON_ADMIN_LISTEN": listen])
            #expect(said.ending == .exit(0), "\(listen): \(said)")
            #expect(try gateway.stop() == .exit(0))
        }

        @Test("port 0 is one port for both families")
        func anyPort() throws {
            let gateway = try Gateway()
            let process = try gateway.launch(options: [
                "--listen", "localhost:0", "--admin-listen", "localhost:0",
            ])
            #expect(eventually(withinSeconds: 30) { gateway.errors.contains("\"listening\"") })
            let line = try #require(
                gateway.errors.split(separator: "\n").first { $0.contains("\"listening\"") })
            let found = try #require(
                line.firstMatch(of: /"listen":"127\.0\.0\.1:(\d+)(?:,\[::1\]:(\d+))?"/), "\(line)")
            if let second = found.2 { #expect(found.1 == second) }
            #expect(try answers("127.0.0.1", try #require(UInt16(found.1))))
            process.send(SIGTERM)
            #expect(process.wait(atMostSeconds: 30) == .exit(0))
        }

        @Test(
            "what is no address, or none of this machine, is named with its flag",
            arguments: [
                ("8080", 78), ("localhost", 78), ("http://127.0.0.1:8080", 78), (":", 78),
                ("127.0.0.1:", 78), ("[::1:8080", 78), ("::1:8080", 78), ("127.1:8080", 78),
                ("a b:8080", 78), ("name-that-is-not.invalid:8080", 74), ("192.0.2.1:0", 74),
            ])
        func wrong(address: String, status: Int32) throws {
            let gateway = try Gateway()
            let ending = try gateway.ending(options: ["--listen", address])
            #expect(ending == .exit(status), "\(gateway.errors)")
            #expect(gateway.says("--listen"), "\(gateway.errors)")
            #expect(gateway.says(address), "\(gateway.errors)")
        }

        @Test("a port that is taken in one of the families is named")
        func taken() throws {
            try withGateway(options: []) { gateway in
                let second = try Gateway()
                let ending = try second.ending(options: ["--listen", "localhost:\(gateway.port)"])
                #expect(ending == .exit(74), "\(second.errors)")
                #expect(second.errors.contains("127.0.0.1:\(gateway.port)"), "\(second.errors)")
            }
        }

        @Test("ops/run looks at its ports before it builds, and names the flag")
        func opsRun() throws {
            try withGateway { gateway in
                let script = URL(filePath: #filePath).deletingLastPathComponent()
                    .appending(path: "../../ops/run").standardized.path
                for flags in [
                    ["--listen", "127.0.0.1:\(gateway.port)"],
                    ["--listen=127.0.0.1:0", "--admin-listen=localhost:\(gateway.adminPort)"],
                ] {
                    let run = try ChildProcess(
                        [script] + flags, environment: ["PATH": "/usr/bin:/bin"],
                        output: gateway.directory.path("run.out"),
                        errors: gateway.directory.path("run.err"))
                    #expect(run.wait(atMostSeconds: 90) == .exit(74))
                    let said = gateway.directory.text("run.err")
                    #expect(said.contains("listen"), "\(said)")
                    #expect(said.contains("is taken"), "\(said)")
                }
            }
        }
    }
}
