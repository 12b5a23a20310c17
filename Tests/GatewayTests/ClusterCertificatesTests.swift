import Cluster
import Foundation
import Sockets
import TLSClient
import TestSupport
import Testing

@testable import Gateway

@Suite("The certificate of a node of a cluster")
struct ClusterCertificatesTests {
    private let folder = TemporaryDirectory()
    private let authority: TestCertificate
    private let own: TLSFiles.Pair

    init() throws {
        authority = try TestCertificate(at: folder.path("ca"), names: ["authority"])
        let made = try TestCertificate(
            at: folder.path("own"), names: ["10.0.0.1"], secondsLeft: 1_000, issuer: authority)
        own = TLSFiles.Pair(certificate: made.certificate, key: made.key)
    }

    private func certificates(
        _ links: LinkTrust, _ engine: EtcdTrust = .none
    ) throws -> Certificates {
        let cluster = ClusterConfiguration(
            node: "a", listen: "10.0.0.1:8082", endpoints: [], engineTrust: engine,
            linkTrust: links)
        return try Certificates([:], cluster, TestGateway.silent)
    }

    @Test("it is shown beside those of the listeners, once, also where etcd alone is shown it")
    func shown() throws {
        let links = try LinkTrust(authorities: authority.certificate, own: own)
        let engine = try EtcdTrust(authorities: nil, own: own)
        for found in [
            try certificates(links, engine), try certificates(links),
            try certificates(.none, engine),
        ] {
            #expect(found.isEmpty, "no listener speaks TLS")
            #expect(found.shown.map(\.path) == [own.certificate])
            #expect(found.shown.map { "\($0.listener)" } == ["cluster"])
        }
        #expect(try certificates(.none).shown.isEmpty)
        #expect(try certificates(.none).readClusterAgain() == nil)
    }

    @Test("it is read again with the others, and a damaged file is named and changes nothing")
    func readAgain() throws {
        let found = try certificates(
            try LinkTrust(authorities: authority.certificate, own: own),
            try EtcdTrust(authorities: authority.certificate, own: own))
        let end = try #require(found.shown.first?.notAfter)
        _ = try TestCertificate(
            at: folder.path("own"), names: ["10.0.0.1"], secondsLeft: 100_000, issuer: authority)
        let change = try #require(try found.readClusterAgain())
        #expect(found.shown.first?.notAfter == end)
        change(TestGateway.silent)
        #expect(try #require(found.shown.first?.notAfter) > end + 90_000)
        try FileManager.default.removeItem(atPath: authority.certificate)
        do throws(StartError) {
            _ = try found.readClusterAgain()
            Issue.record("a file that is gone was read")
        } catch {
            #expect("\(error)".contains("cluster_ca \(authority.certificate)"), "\(error)")
        }
    }

    @Test(
        "an address of IPv6 needs no brackets: a pod's comes without them",
        arguments: [
            ("fd00::7:8082", "[fd00::7]:8082"), ("[fd00::7]:8082", "[fd00::7]:8082"),
            ("10.0.0.1:8082", "10.0.0.1:8082"),
        ])
    func addresses(text: String, told: String) throws {
        let cluster = ClusterConfiguration(node: "a", listen: text, endpoints: [])
        #expect(cluster.listen == told)
        #expect(cluster.address?.port == 8_082)
        #expect(ClusterConfiguration.address(text) == SocketAddress(told))
    }

    @Test("what is none that others reach is refused", arguments: [":::8082", "fd00::7", "a:b:1"])
    func noAddress(text: String) {
        #expect(ClusterConfiguration.address(text) == nil)
    }
}
