import Cluster
import ClusterTesting
import Sockets
import TLSClient
import TestSupport
import Testing

@Suite(
    "A log in an etcd that asks for certificates",
    .enabled(if: EtcdServers.isInstalled, "\(EtcdServers.skipReason)"))
struct EtcdTLSTests {
    private let folder = TemporaryDirectory()
    private let authority: TestCertificate
    private let client: TestCertificate
    private let servers: EtcdServers

    init() throws {
        authority = try TestCertificate(at: folder.path("ca"), names: ["authority"])
        let server = try TestCertificate(
            at: folder.path("server"), names: ["127.0.0.1"], issuer: authority)
        client = try TestCertificate(
            at: folder.path("client"), names: ["portillon"], issuer: authority)
        servers = try EtcdServers(
            1,
            tls: EtcdServers.TLS(
                certificate: server.certificate, key: server.key,
                authorities: authority.certificate))
        try #require(servers.leader(try trust()) != nil, "no etcd with TLS: \(servers.log(0))")
    }

    private func trust() throws -> EtcdTrust {
        try EtcdTrust(
            authorities: authority.certificate,
            own: TLSFiles.Pair(certificate: client.certificate, key: client.key))
    }

    @Test("with a certificate that etcd takes, batches go there and come back")
    func withCertificate() throws {
        var options = EtcdLog.Options()
        options.trySeconds = 60
        var log = EtcdLog(servers.endpoints, try trust(), options)
        try LogContract.appends(&log)
    }

    @Test("without one nothing is answered")
    func withoutCertificate() throws {
        let trust = try EtcdTrust(authorities: authority.certificate, own: nil)
        #expect(failure(servers.endpoints[0], trust) != nil)
    }

    @Test("a server that another authority vouches for is not asked")
    func foreignServer() throws {
        let other = try TestCertificate(at: folder.path("other"), names: ["other"])
        let trust = try EtcdTrust(
            authorities: other.certificate,
            own: TLSFiles.Pair(certificate: client.certificate, key: client.key))
        let reason = failure(servers.endpoints[0], trust)
        #expect(reason?.hasPrefix("TLS: ") == true, "\(reason ?? "no failure")")
    }

    @Test("plain text to a port of TLS is an error")
    func plainText() throws {
        let plain = EtcdEndpoint(
            isSecure: false, host: "127.0.0.1", port: servers.endpoints[0].port)
        #expect(failure(plain, .none) != nil)
    }

    /// Why a member does not answer; nil where it does.
    private func failure(_ endpoint: EtcdEndpoint, _ trust: EtcdTrust) -> String? {
        var client = EtcdClient(endpoint, trust)
        do throws(GRPCError) {
            _ = try client.status(Waiting(seconds: 60))
            return nil
        } catch {
            return "\(error)"
        }
    }
}
