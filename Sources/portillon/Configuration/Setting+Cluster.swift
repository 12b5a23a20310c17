import AdminClient
import Cluster
import Gateway
import Sockets

extension Setting {
    /// What makes a gateway one node of several; without `cluster` it is alone.
    static var cluster: [Setting] {
        [
            Setting(key: "cluster", kind: .memberURLs, defaultValue: ""),
            Setting(
                key: "cluster_listen", kind: .nodeAddress, defaultValue: ""),
            Setting(key: "node", kind: .word, defaultValue: ""),
            Setting(
                key: "cluster_nodes", kind: .wholeNumber(0...LinkFrame.maximumMembers),
                defaultValue: "0"),
            Setting(key: "cluster_ca", kind: .paths, defaultValue: ""),
            Setting(key: "cluster_certificate", kind: .paths, defaultValue: ""),
            Setting(key: "cluster_key", kind: .paths, defaultValue: ""),
            Setting(key: "cluster_name", kind: .word, defaultValue: ""),
        ]
    }

    /// The members in a value of ``Kind/memberURLs``; nil if one of them is invalid.
    static func memberURLs(_ value: String) -> [BaseURL]? {
        if value.isEmpty { return [] }
        do throws(CommandFailure) {
            return try ClusterCommand.Check.bases(value)
        } catch {
            return nil
        }
    }
}

extension Configuration {
    /// The cluster that the gateway is a node of; nil for one that is alone.
    /// - Throws: ``CommandFailure`` 78 where settings do not go together, or a file is not as it
    ///   must be.
    func cluster() throws(CommandFailure) -> ClusterConfiguration? {
        guard let urls = Setting.memberURLs(text("cluster")) else {
            preconditionFailure("cluster is checked")
        }
        let others = [
            "cluster_listen", "node", "cluster_ca", "cluster_certificate", "cluster_key",
            "cluster_name",
        ]
        let nodes = number("cluster_nodes")
        guard !urls.isEmpty else {
            let key = nodes > 0 ? "cluster_nodes" : others.first { !text($0).isEmpty }
            if let key {
                throw CommandFailure(.configuration, "\(key) needs the setting cluster as well")
            }
            return nil
        }
        for key in ["cluster_listen", "node"] where text(key).isEmpty {
            throw CommandFailure(.configuration, "cluster needs the setting \(key) as well")
        }
        let authorities = try file("cluster_ca")
        let certificate = try file("cluster_certificate")
        let key = try file("cluster_key")
        guard (certificate == nil) == (key == nil) else {
            throw CommandFailure(
                .configuration, "cluster_certificate and cluster_key must be given together")
        }
        let own = certificate.flatMap { certificate in
            key.map { TLSFiles.Pair(certificate: certificate, key: $0) }
        }
        guard authorities == nil || own != nil || urls.contains(where: \.isSecure) else {
            throw CommandFailure(
                .configuration,
                "cluster_ca alone secures nothing where etcd is reached by http: the nodes' links "
                    + "need cluster_certificate and cluster_key as well")
        }
        let endpoints = urls.map {
            EtcdEndpoint(isSecure: $0.isSecure, host: $0.host, port: $0.port)
        }
        var cluster = ClusterConfiguration(
            node: text("node"), listen: text("cluster_listen"), endpoints: endpoints)
        cluster.nodes = nodes > 0 ? nodes : nil
        cluster.engineFiles = HTTPClient.Trust(authorities: authorities, own: own)
        do throws(TLSFileError) {
            if endpoints.contains(where: \.isSecure) {
                cluster.engineTrust = try EtcdTrust(authorities: authorities, own: own)
            }
            if let authorities, let own {
                cluster.linkTrust = try LinkTrust(
                    authorities: authorities, own: own,
                    name: text("cluster_name").isEmpty ? nil : text("cluster_name"))
            }
        } catch {
            throw CommandFailure(.configuration, printable("\(error)"))
        }
        return cluster
    }

    private func file(_ key: String) throws(CommandFailure) -> String? {
        let paths = Setting.paths(text(key))
        guard paths.count <= 1 else {
            throw CommandFailure(.configuration, "\(key) must be one file")
        }
        return paths.first
    }
}
