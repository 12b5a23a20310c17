import TLSClient
import Testing

@testable import Sockets

@Suite("TLS handshakes, by Mozilla's intermediate profile")
struct TLSHandshakeTests {
    let files: Certificates

    init() throws { files = try Certificates.shared.get() }

    @Test("1.2 and 1.3 are spoken, with a certificate that its authority vouches for")
    func versions() throws {
        try withServer(TLSFiles(files.ecdsa)) { server in
            for version in ["TLSv1.2", "TLSv1.3"] {
                var options = TLSOptions.version(version)
                options.authorities = files.authority.certificate
                options.serverName = "a.test"
                let client = try SecureClient(server, options)
                #expect(client.peer.version == version)
                #expect(!client.peer.isResumed)
                try client.exchange(Array("hello".utf8))
                client.peer.finishSending()
                #expect(try client.peer.receive() == [])
                let handshake = Handshake(isResumed: false, isOfVersion13: version == "TLSv1.3")
                #expect(
                    try server.nextOutcome()
                        == TLSServer.Outcome(step: .done(handshake), received: 5, ending: .finished)
                )
            }
        }
    }

    @Test("1.0 and 1.1 are refused", arguments: ["TLSv1", "TLSv1.1"])
    func oldVersions(version: String) throws {
        try withServer(TLSFiles(files.ecdsa, files.rsa)) { server in
            var options = TLSOptions.version(version)
            options.commands.append(("CipherString", "ALL:@SECLEVEL=0"))
            let failure = #expect(throws: TLSFailure.self) { try SecureClient(server, options) }
            #expect(failure?.description.contains("protocol version") == true, "\(failure)")
            guard case .failed = try server.nextOutcome().step else {
                Issue.record("the server agreed")
                return
            }
        }
    }

    @Test(
        "ciphers without forward secrecy or authenticated encryption are refused",
        arguments: [
            "AES128-GCM-SHA256", "AES256-SHA", "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA384",
            "ECDHE-ECDSA-AES128-SHA256", "DHE-RSA-AES128-GCM-SHA256", "DES-CBC3-SHA", "NULL-SHA",
            "aNULL",
        ])
    func weakCiphers(cipher: String) throws {
        try withServer(TLSFiles(files.ecdsa, files.rsa)) { server in
            var options = TLSOptions.version("TLSv1.2")
            options.commands.append(("CipherString", cipher + ":@SECLEVEL=0"))
            let failure = #expect(throws: TLSFailure.self) { try SecureClient(server, options) }
            let reason = failure?.description ?? ""
            // Some are not in this OpenSSL at all: nobody can ask for them with it.
            #expect(
                reason.contains("handshake failure") || reason.contains("no cipher match"),
                "\(reason)")
        }
    }

    @Test(
        "the profile's ciphers are spoken",
        arguments: [
            "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
            "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
            "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
        ])
    func ciphers(cipher: String) throws {
        try withServer(TLSFiles(files.ecdsa, files.rsa)) { server in
            let isNew = cipher.hasPrefix("TLS_")
            var options = TLSOptions.version(isNew ? "TLSv1.3" : "TLSv1.2")
            options.commands.append((isNew ? "Ciphersuites" : "CipherString", cipher))
            let client = try SecureClient(server, options)
            #expect(client.peer.cipher == cipher)
            try client.exchange([1, 2, 3])
        }
    }

    @Test("curves of the profile are taken, others are not")
    func groups() throws {
        try withServer(TLSFiles(files.ecdsa)) { server in
            for group in ["X25519", "P-256", "P-384"] {
                let options = TLSOptions { $0.commands = [("Groups", group)] }
                try SecureClient(server, options).exchange([1])
            }
            let options = TLSOptions { $0.commands = [("Groups", "P-521")] }
            #expect(throws: TLSFailure.self) { try SecureClient(server, options) }
        }
    }

    @Test("ECDSA and RSA stand side by side: who knows both gets ECDSA, who knows one, that one")
    func kinds() throws {
        try withServer(TLSFiles(files.rsa, files.ecdsa)) { server in
            for version in ["TLSv1.2", "TLSv1.3"] {
                // The server takes one connection at a time: each ends before the next.
                do {
                    let both = try SecureClient(server, .version(version))
                    #expect(both.peer.certificate?.kind == .ecdsa, "\(version)")
                }
                let signatures = [
                    (TestCertificate.Kind.rsa, "RSA-PSS+SHA256"), (.ecdsa, "ECDSA+SHA256"),
                ]
                for (kind, signature) in signatures {
                    var options = TLSOptions.version(version)
                    options.commands.append(("SignatureAlgorithms", signature))
                    let client = try SecureClient(server, options)
                    #expect(client.peer.certificate?.kind == kind, "\(version)")
                    try client.exchange([1])
                }
            }
        }
    }

    @Test("a client gets the certificate of the name it asks for; without one of it, the first")
    func serverNames() throws {
        try withServer(TLSFiles(files.ecdsa, files.other, files.rsa)) { server in
            let expected = [
                ("a.test", "a.test"), ("x.a.test", "a.test"), ("b.test", "b.test"),
                ("B.TEST", "b.test"), ("c.test", "a.test"), ("y.x.a.test", "a.test"),
                ("b.test.", "b.test"), (".b.test", "a.test"), (".", "a.test"),
                (nil, "a.test"),
            ]
            for (asked, shown) in expected {
                let client = try SecureClient(server, TLSOptions { $0.serverName = asked })
                #expect(client.peer.certificate?.name == shown, "\(asked ?? "no name")")
                try client.exchange([1])
            }
            // The RSA certificate has joined the ECDSA one of the same names.
            let options = TLSOptions { options in
                options.serverName = "a.test"
                options.commands = [("SignatureAlgorithms", "RSA-PSS+SHA256")]
            }
            #expect(try SecureClient(server, options).peer.certificate?.kind == .rsa)
        }
    }

    @Test("ALPN: http/1.1 is agreed on, others alone are refused, none at all is well")
    func alpn() throws {
        try withServer(TLSFiles(files.ecdsa)) { server in
            for (offered, agreed) in [
                (["http/1.1"], "http/1.1"), (["h2", "http/1.1"], "http/1.1"),
            ] {
                let client = try SecureClient(server, TLSOptions { $0.protocols = offered })
                #expect(client.peer.chosenProtocol == agreed)
            }
            #expect(try SecureClient(server).peer.chosenProtocol == nil)
            for offered in [["h2"], ["http/1.0", "h2"], ["http/1.10"]] {
                let failure = #expect(throws: TLSFailure.self) {
                    try SecureClient(server, TLSOptions { $0.protocols = offered })
                }
                let isSaid = failure?.description.contains("no application protocol") == true
                #expect(isSaid, "\(offered): \(failure)")
            }
        }
    }

    @Test("who asks for a handshake in the middle of a session is told no")
    func renegotiation() throws {
        try withServer(TLSFiles(files.ecdsa)) { server in
            let client = try SecureClient(server, .version("TLSv1.2"))
            try client.exchange([1])
            let failure = #expect(throws: TLSFailure.self) { try client.peer.renegotiate() }
            #expect(failure?.description.contains("no renegotiation") == true, "\(failure)")
        }
    }

    @Test("keys may be changed in the middle of a session, which TLS 1.3 has in place of that")
    func keyUpdate() throws {
        try withServer(TLSFiles(files.ecdsa)) { server in
            let client = try SecureClient(server, .version("TLSv1.3"))
            for round in 0..<8 {
                try client.peer.updateKeys()
                try client.exchange([UInt8](repeating: UInt8(round), count: 3_000))
            }
        }
    }

    @Test("keys that are changed without end end the connection, whatever is sent in between")
    func keyUpdates() throws {
        try withServer(TLSFiles(files.ecdsa)) { server in
            let client = try SecureClient(server, .version("TLSv1.3"))
            for _ in 0..<TLSLimits().postHandshakeMessages {
                try client.peer.updateKeys()
                try client.exchange([1])
            }
            try client.peer.updateKeys()
            // Where it is written too late, writing fails.
            try? client.peer.send([1])
            // Reading finds nothing, or fails too.
            #expect((try? client.peer.receive()) ?? [] == [])
            let outcome = try server.nextOutcome()
            #expect(outcome.ending == .broken)
            #expect(outcome.received == TLSLimits().postHandshakeMessages)
        }
    }

    @Test("a handshake that is longer than any ends before it is all kept")
    func endlessHello() throws {
        try withServer(TLSFiles(files.ecdsa)) { server in
            let client = try Client(port: server.port)
            // The head of a ClientHello of 131,000 bytes, and the records that it comes in.
            var message: [UInt8] = [1, 0x01, 0xFF, 0xB8, 3, 3]
            message += [UInt8](repeating: 0, count: 16_384 - message.count)
            for _ in 0..<5 {
                try client.send([0x16, 3, 1, 0x40, 0] + message)
                message = [UInt8](repeating: 0, count: 16_384)
            }
            #expect(try server.nextOutcome().step == .tooLong)
        }
    }

    @Test("with an authority named, clients show a certificate that it has signed, or go")
    func clientCertificates() throws {
        let files = files
        let wanted = TLSFiles(files.ecdsa, clientAuthorities: files.authority.certificate)
        let stranger = try TestCertificate(at: files.folder + "/stranger", names: ["operator"])
        try withServer(wanted, tickets: nil) { server in
            for version in ["TLSv1.2", "TLSv1.3"] {
                let none = TLSOptions.version(version)
                var known = none
                known.commands += [
                    ("Certificate", files.client.certificate), ("PrivateKey", files.client.key),
                ]
                do {
                    let client = try SecureClient(server, known)
                    try client.exchange([1, 2])
                    #expect(client.peer.ticket.map { $0.isResumable } != true, "each shows its own")
                }
                var unknown = none
                unknown.commands += [
                    ("Certificate", stranger.certificate), ("PrivateKey", stranger.key),
                ]
                for options in [none, unknown] {
                    // In TLS 1.3 the client learns it only when it reads.
                    #expect(throws: (any Error).self) {
                        try SecureClient(server, options).exchange([1])
                    }
                }
            }
        }
    }
}
