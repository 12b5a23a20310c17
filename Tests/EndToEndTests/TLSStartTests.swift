import Foundation
import Glibc
import TLSClient
import TestSupport
import Testing

extension EndToEnd {
    @Suite("TLS: what stops a start, and the admin listener")
    struct TLSStartTests {
        @Test(
            "a file that is missing, the other's, expired or unreadable is named, with its setting")
        func wrongFiles() throws {
            let gateway = try Gateway()
            let folder = gateway.directory
            let good = try TestCertificate(at: folder.path("good"), names: ["a.test"])
            let other = try TestCertificate(at: folder.path("other"), names: ["a.test"])
            let old = try TestCertificate(
                at: folder.path("old"), names: ["a.test"], secondsLeft: -60)
            let none = folder.path("none")
            let cases: [(flags: [String], expected: [String])] = [
                (["--tls-certificate", none, "--tls-key", good.key], ["tls.certificate", none]),
                (["--tls-certificate", good.certificate, "--tls-key", none], ["tls.key", none]),
                (
                    ["--tls-certificate", good.certificate, "--tls-key", other.key],
                    ["tls.key", other.key, good.certificate]
                ),
                (
                    ["--tls-certificate", old.certificate, "--tls-key", old.key],
                    ["tls.certificate", old.certificate, "expired"]
                ),
                (["--tls-certificate", good.certificate], ["tls.key", "no file"]),
                (["--tls-key", good.key], ["tls.certificate", "no file"]),
                (["--admin-tls-client-ca", good.certificate], ["admin.tls.certificate"]),
                (
                    [
                        "--admin-tls-certificate", good.certificate, "--admin-tls-key", good.key,
                        "--admin-tls-client-ca", none,
                    ], ["admin.tls.client_ca", none]
                ),
            ]
            for (flags, expected) in cases {
                let said = gateway.errors.count
                #expect(try gateway.ending(options: flags) == .exit(78), "\(gateway.errors)")
                let line = String(gateway.errors.dropFirst(said))
                #expect(line.split(separator: "\n").count == 1, "\(line)")
                for text in expected { #expect(line.contains(text), "\(text): \(line)") }
            }
            #expect(!FileManager.default.fileExists(atPath: gateway.data), "nothing was opened")
        }

        @Test("a key that every user can read is refused, and named")
        func openKey() throws {
            let secure = try SecureGateway()
            unsafe chmod(secure.rsa.key, 0o644)
            let ending = try secure.gateway.ending(options: secure.flags)
            #expect(ending == .exit(78), "\(secure.gateway.errors)")
            let said = secure.gateway.errors
            #expect(said.contains("chmod 600 \(secure.rsa.key)"), "\(said)")
            unsafe chmod(secure.rsa.key, 0o640)
            try secure.gateway.start(options: secure.flags)
            #expect(try secure.gateway.stop() == .exit(0))
        }

        @Test(
            "an address that begins too many handshakes finds further ones closed, and is counted",
            .enabled(if: OwnAddress.any != nil, "PORTILLON_OWN_ADDRESS is not 1"))
        func handshakeLimit() throws {
            let secure = try SecureGateway()
            let gateway = secure.gateway
            try gateway.start(
                options: secure.flags + [
                    "--listen", "0.0.0.0:\(gateway.port)", "--limit", "handshakes_per_address=3",
                ])
            var made: [HTTPConnection] = []
            var refused = 0
            for _ in 0..<20 {
                do {
                    made.append(
                        try HTTPConnection(
                            port: gateway.port, secure.trusting, at: OwnAddress.any))
                } catch is TLSFailure {
                    refused += 1
                }
            }
            // A handshake takes some milliseconds: a token or two may have come back meanwhile.
            #expect((3...10).contains(made.count), "\(made.count) of 20 were made")
            #expect(try secure.handshakes("refused", version: "none") == refused)
            let request = HTTPRequest("GET", "/healthz").text
            for connection in made { #expect(try connection.exchange(request).status == 200) }
            // The bucket fills again, and this machine's own address never had one.
            pause(milliseconds: 1_100)
            let later = try HTTPConnection(port: gateway.port, secure.trusting, at: OwnAddress.any)
            #expect(try later.exchange(request).status == 200)
            #expect(try gateway.connect().exchange(request).status == 200)
            #expect(try gateway.stop() == .exit(0))
        }

        @Test("the admin listener asks for certificates, and the command line has one to show")
        func adminListener() throws {
            let secure = try SecureGateway()
            let gateway = secure.gateway
            gateway.tls = nil
            let folder = gateway.directory
            let operators = try TestCertificate(at: folder.path("operators"), names: ["operators"])
            let ada = try TestCertificate(
                at: folder.path("ada"), names: ["ada"], issuer: operators)
            let stranger = try TestCertificate(at: folder.path("stranger"), names: ["ada"])
            func shown(_ certificate: TestCertificate) -> TLSOptions {
                var options = secure.trusting
                options.commands = [
                    ("Certificate", certificate.certificate), ("PrivateKey", certificate.key),
                ]
                return options
            }
            gateway.adminTLS = shown(ada)
            try gateway.start(options: [
                "--admin-tls-certificate", secure.ecdsa.certificate,
                "--admin-tls-key", secure.ecdsa.key,
                "--admin-tls-client-ca", operators.certificate,
            ])
            let operation = try gateway.openOperation()
            #expect(
                try gateway.post(operation.entry("anne")).status == 201, "the public one is plain")
            for options in [secure.trusting, shown(stranger)] {
                gateway.adminTLS = options
                #expect(throws: (any Error).self) { try gateway.admin("GET", "/v1/status") }
            }
            let address = ["--admin", "https://127.0.0.1:\(gateway.adminPort)"]
            let trusted = ["--ca", secure.authority.certificate]
            let own = ["--certificate", ada.certificate, "--key", ada.key]
            let status = try gateway.say(["status", "--json"] + address + trusted + own)
            #expect(status.ending == .exit(0), "\(status)")
            #expect(status.json["version"]?.string != nil, "\(status)")
            let shownToNobody = try gateway.say(["status"] + address + trusted)
            #expect(shownToNobody.ending == .exit(69), "\(shownToNobody)")
            #expect(shownToNobody.errors.contains("certificate"), "\(shownToNobody)")
            let distrustful = try gateway.say(["status"] + address + own)
            #expect(distrustful.ending == .exit(69), "\(distrustful)")
            #expect(distrustful.errors.contains("certificate verify failed"), "\(distrustful)")
            #expect(try gateway.stop() == .exit(0))
        }
    }
}
