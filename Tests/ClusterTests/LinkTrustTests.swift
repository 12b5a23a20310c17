import Foundation
import Sockets
import TLSClient
import TestSupport
import Testing

@testable import Cluster

@Suite("What nodes show each other, and etcd")
struct LinkTrustTests {
    private let folder = TemporaryDirectory()
    private let authority: TestCertificate

    init() throws {
        authority = try TestCertificate(at: folder.path("ca"), names: ["authority"])
    }

    private func issue(_ name: String, secondsLeft: Int = 86_400) throws -> TLSFiles.Pair {
        let made = try TestCertificate(
            at: folder.path("own"), names: [name], secondsLeft: secondsLeft, issuer: authority)
        return TLSFiles.Pair(certificate: made.certificate, key: made.key)
    }

    @Test("renewed files are used when that is asked for, wherever the trust has been copied to")
    func renewed() throws {
        let own = try issue("127.0.0.1", secondsLeft: 1_000)
        let link = try LinkTrust(authorities: authority.certificate, own: own)
        let engine = try EtcdTrust(authorities: authority.certificate, own: own)
        let (copiedLink, copiedEngine) = (link, engine)
        let end = try #require(link.own?.notAfter)
        #expect(engine.own?.notAfter == end && link.own?.path == own.certificate)
        _ = try issue("127.0.0.1", secondsLeft: 100_000)
        let changeLink = try #require(try link.readAgain())
        let changeEngine = try #require(try engine.readAgain())
        #expect(copiedLink.own?.notAfter == end && copiedEngine.own?.notAfter == end)
        let before = copiedLink.server
        changeLink()
        changeEngine()
        #expect(try #require(copiedLink.own?.notAfter) > end + 90_000)
        #expect(try #require(copiedEngine.own?.notAfter) > end + 90_000)
        #expect(copiedLink.server !== before)
        // A file that is not as it must be changes nothing.
        try FileManager.default.removeItem(atPath: own.key)
        #expect(throws: TLSFileError.self) { _ = try link.readAgain() }
        #expect(throws: TLSFileError.self) { _ = try engine.readAgain() }
        #expect(try #require(copiedLink.own?.notAfter) > end + 90_000)
    }

    @Test("plain text has nothing to read")
    func plain() throws {
        #expect(try LinkTrust.none.readAgain() == nil)
        #expect(try EtcdTrust.none.readAgain() == nil)
        #expect(LinkTrust.none.own == nil && EtcdTrust.none.own == nil)
    }

    @Test("a node is known by its address, or by the name that every certificate has")
    func names() throws {
        let own = try issue("portillon-nodes")
        func trust(_ name: String?) throws -> LinkTrust {
            try LinkTrust(authorities: authority.certificate, own: own, name: name)
        }
        let server = try LinkServer(ClusterStatus(node: "a"), trust(nil))
        let listener = try Listener(on: try #require(SocketAddress("127.0.0.1:0")))
        let address = listener.address
        try server.start(listener)
        func opens(_ name: String?) throws -> Bool {
            var link = LinkClient(try trust(name), meanwhile: {})
            do throws(LinkFailure) {
                try link.open(to: address)
                return true
            } catch {
                return false
            }
        }
        // A test that stands still for a moment gets no link in time.
        var isOpen = false
        for _ in 0..<50 where !isOpen { isOpen = try opens("portillon-nodes") }
        #expect(isOpen)
        for _ in 0..<3 {
            #expect(try !opens(nil))
            #expect(try !opens("another"))
        }
        server.stop()
    }
}
