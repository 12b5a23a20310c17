import Bytes
import Glibc
import TLSClient
import Testing

@testable import Sockets

@Suite("Our own client of TLS")
struct TLSClientContextTests {
    let files: Certificates

    init() throws { files = try Certificates.shared.get() }

    /// Connects to a server and makes the handshake.
    private func connect(
        _ server: TLSServer, _ context: TLSClientContext, host: String
    ) throws -> (Places, EventToken, HandshakeStep) {
        let places = Places(capacity: 1)
        let address = try #require(SocketAddress("127.0.0.1:\(server.port)"))
        let descriptor = try Connector.begin(to: address)
        let token = try #require(places.open(descriptor, peer: address))
        #expect(happenings(descriptor, POLLOUT) & POLLOUT != 0)
        try #require(places.secure(token.place, with: context, host: host))
        while true {
            let step = places[token.place].shakeHands()
            if step != .needsMore { return (places, token, step) }
            try #require(happenings(descriptor) != 0)
        }
    }

    @Test("it speaks with who shows a certificate of its host by its authority, name or address")
    func trust() throws {
        let context = try TLSClientContext(
            authorities: files.authority.certificate, now: Certificates.now)
        try withServer(TLSFiles(files.ecdsa)) { server in
            for host in ["a.test", "x.a.test"] {
                let (places, token, step) = try connect(server, context, host: host)
                #expect(step == .done(Handshake(isResumed: false, isOfVersion13: true)))
                let hello = Array("hello".utf8)
                #expect(hello.withBytes { places[token.place].send($0) } == 5)
                var inbox = ByteBuffer(capacity: 64)
                while places[token.place].receive(into: &inbox, maximum: 64) == .wouldBlock {
                    try #require(happenings(places[token.place].descriptor) != 0)
                }
                #expect(inbox.text == "hello")
            }
        }
    }

    @Test("it does not speak with another host, nor with one that a stranger vouches for")
    func distrust() throws {
        let context = try TLSClientContext(
            authorities: files.authority.certificate, now: Certificates.now)
        let stranger = try TestCertificate(at: files.folder + "/self", names: ["a.test"])
        for (shown, host) in [(files.ecdsa, "b.test"), (stranger, "a.test")] {
            try withServer(TLSFiles(shown)) { server in
                let (_, _, step) = try connect(server, context, host: host)
                #expect(step == .failed("certificate verify failed"))
            }
        }
    }

    @Test("an authority's file that is none is named")
    func authorities() {
        let none = files.folder + "/none"
        let fault = #expect(throws: TLSFileError.self) {
            try TLSClientContext(authorities: none, now: Certificates.now)
        }
        #expect(fault?.path == none)
        #expect(fault?.part == .authorities)
    }
}
