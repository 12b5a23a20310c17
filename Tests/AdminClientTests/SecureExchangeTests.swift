import Foundation
import Sockets
import TLSClient
import Testing
import Wire

@testable import AdminClient

@Suite("An exchange over TLS")
struct SecureExchangeTests {
    /// Certificates in a folder of this suite's own.
    private struct Files {
        let authority: TestCertificate
        let local: TestCertificate
        let other: TestCertificate
        let client: TestCertificate
    }

    private static let made = Result {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "portillon-client-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let authority = try TestCertificate(at: folder + "/authority", names: ["authority.test"])
        func make(_ name: String, _ names: [String]) throws -> TestCertificate {
            try TestCertificate(at: "\(folder)/\(name)", names: names, issuer: authority)
        }
        return Files(
            authority: authority, local: try make("local", ["localhost", "127.0.0.1", "::1"]),
            other: try make("other", ["other.test"]), client: try make("client", ["operator"]))
    }

    private let files: Files

    init() throws { files = try Self.made.get() }

    private static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

    private func send(
        to url: String, _ trust: HTTPClient.Trust? = nil, withinSeconds seconds: Double = 60
    ) throws -> HTTPAnswer {
        let trust = trust ?? HTTPClient.Trust(authorities: files.authority.certificate)
        var client = try HTTPClient(BaseURL(url), trust: trust)
        // The server's thread may stand still for longer than people wait for a handshake.
        client.connectSeconds = 60
        return try client.send(HTTPRequest("GET", ["x"]), withinSeconds: seconds)
    }

    private func error(
        _ shown: TestCertificate, host: String = "127.0.0.1", _ trust: HTTPClient.Trust? = nil
    ) throws -> HTTPClientError? {
        try withServer(TLSFiles(shown), script: answering(Self.answer)) { server in
            let error = #expect(throws: HTTPClientError.self) {
                try send(to: "https://\(host):\(server.port)", trust)
            }
            #expect(server.requests.isEmpty, "nothing is sent to a stranger")
            return error
        }
    }

    @Test(
        "a certificate of the host's, by name or address, is taken",
        arguments: [
            ("127.0.0.1:0", "127.0.0.1"), ("127.0.0.1:0", "localhost"), ("[::1]:0", "[::1]"),
            ("[::1]:0", "localhost"),
        ])
    func taken(address: String, host: String) throws {
        let script = answering(Self.answer)
        try withServer(on: address, TLSFiles(files.local), script: script) { server in
            let answer = try send(to: "https://\(host):\(server.port)")
            #expect(answer.body == Array("hello".utf8))
        }
    }

    @Test("the name is sent, so that a server of several shows the right one")
    func serverName() throws {
        let shown = TLSFiles(files.other, files.local)
        try withServer(shown, script: answering(Self.answer)) { server in
            let found = try send(to: "https://localhost:\(server.port)").status
            #expect(found == 200)
        }
    }

    @Test("another host's, and a stranger's certificate are not; OpenSSL says why")
    func refused() throws {
        func tells(_ error: HTTPClientError?, _ reason: String) -> Bool {
            guard case .tls(let text)? = error else { return false }
            return text.hasPrefix("certificate verify failed: ") && text.contains(reason)
        }
        let named = try error(files.other, host: "localhost")
        #expect(tells(named, "ostname mismatch"), "\(named as Any)")
        let numbered = try error(files.other)
        #expect(tells(numbered, "IP address mismatch"), "\(numbered as Any)")
        let system = try error(files.local, HTTPClient.Trust())
        #expect(tells(system, "issuer certificate"), "\(system as Any)")
        let wrong = HTTPClient.Trust(authorities: files.client.certificate)
        let stranger = try error(files.local, wrong)
        #expect(tells(stranger, "issuer certificate"), "\(stranger as Any)")
    }

    @Test("an authority's file that is none is named before anything is sent")
    func authorityFile() throws {
        let none = files.authority.certificate + ".none"
        let fault = #expect(throws: TLSFileError.self) {
            try HTTPClient(BaseURL("https://a"), trust: HTTPClient.Trust(authorities: none))
        }
        #expect(fault?.path == none)
        // Plain HTTP needs none of it.
        _ = try HTTPClient(BaseURL("http://a"), trust: HTTPClient.Trust(authorities: none))
    }

    @Test("a server that asks for a certificate gets ours, or says that it wants one")
    func clientCertificate() throws {
        let shown = TLSFiles(files.local, clientAuthorities: files.authority.certificate)
        try withServer(shown, script: answering(Self.answer)) { server in
            let url = "https://127.0.0.1:\(server.port)"
            let own = TLSFiles.Pair(certificate: files.client.certificate, key: files.client.key)
            let trust = HTTPClient.Trust(authorities: files.authority.certificate, own: own)
            let found = try send(to: url, trust).status
            #expect(found == 200)
            let error = #expect(throws: HTTPClientError.self) { try send(to: url) }
            guard case .closed(let reason)? = error else {
                Issue.record("another error: \(error as Any)")
                return
            }
            // Where the reset comes before the alert is read, there is no reason to tell.
            #expect(reason.map { $0.contains("certificate required") } ?? true, "\(reason as Any)")
        }
    }

    @Test("a server that speaks plain HTTP, and one that says nothing, are no servers of TLS")
    func noTLS() throws {
        let plain = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
        try withServer { visit in
            try visit.send(plain)
            try visit.waitForEnd()
        } _: { server in
            let error = #expect(throws: HTTPClientError.self) {
                try send(to: "https://127.0.0.1:\(server.port)")
            }
            #expect(error == .tls("the server speaks plain HTTP: use http://"))
        }
        try withServer {
            try $0.waitForEnd()
        } _: { server in
            // On an overloaded machine the time may be over before there is a connection: then
            // there is more of it.
            var error: HTTPClientError?
            for seconds in [0.2, 2, 30] where error != .late(isSent: false) {
                error = #expect(throws: HTTPClientError.self) {
                    try send(to: "https://127.0.0.1:\(server.port)", withinSeconds: seconds)
                }
            }
            #expect(error == .late(isSent: false))
        }
    }

    @Test("a body that only the connection's end ends is not taken: anybody could have ended it")
    func unbounded() throws {
        let script = answering("HTTP/1.1 200 OK\r\n\r\nto the end")
        try withServer(TLSFiles(files.local), script: script) { server in
            let error = #expect(throws: HTTPClientError.self) {
                try send(to: "https://127.0.0.1:\(server.port)")
            }
            #expect(error == .unboundedBody)
        }
    }
}
