import ClusterTesting
import Foundation
import TestSupport
import Testing

/// Gateways that are nodes of one cluster, over three real members of etcd, all on loopback.
final class GatewayCluster {
    let servers: EtcdServers
    let nodes: [Gateway]
    private let linkPorts: [UInt16]
    /// All nodes have the same.
    private let masterKey: String

    static let names = ["a", "b", "c"]

    init(_ count: Int) throws {
        servers = try EtcdServers(3)
        nodes = try (0..<count).map { _ in try Gateway() }
        linkPorts = try (0..<count).map { _ in try LoopbackPorts.take() }
        masterKey = nodes[0].directory.path("cluster.key")
        let text = Data((String(repeating: "5a", count: 32) + "\n").utf8)
        let isWritten = FileManager.default.createFile(
            atPath: masterKey, contents: text, attributes: [.posixPermissions: 0o600])
        try #require(isWritten)
        ClusterLogs.add(nodes.map { $0.directory.path("errors.log") })
        try #require(servers.leader() != nil, "etcd does not start: \(servers.log(0))")
    }

    deinit {
        // Looked at while the files are there.
        _ = ClusterLogs.tellOfStandstill
    }

    /// Where other nodes reach one.
    func linkAddress(_ index: Int) -> String { "127.0.0.1:\(linkPorts[index])" }

    /// What makes a gateway this node.
    func options(_ index: Int) -> [String] {
        [
            "--cluster", servers.urls.joined(separator: ","), "--cluster-listen",
            linkAddress(index), "--node", Self.names[index],
            "--master-key", masterKey,
            // A writer that stands still for a moment is not silent: nobody is cut off for it.
            "--limit", "drain_notice_milliseconds=15000", "--limit", "drain_seconds=40",
            // As a cluster is served: who asks a node that follows waits for the next leader.
            "--limit", "answer_seconds=15",
        ]
    }

    func launch(_ index: Int) throws {
        try nodes[index].launch(options: options(index))
    }

    /// Starts a node, and waits until it forwards entries.
    func start(_ index: Int) throws {
        try launch(index)
        let isThere = try eventually(withinSeconds: 120) {
            if let ending = nodes[index].process?.poll() {
                throw GatewayFailure("node \(index) ended: \(ending): \(nodes[index].errors)")
            }
            return readiness(index) == []
        }
        try #require(isThere, "node \(index) is not ready: \(nodes[index].errors)")
    }

    /// What a node says why it is not ready; empty where it is, nil where it does not answer.
    func readiness(_ index: Int) -> [String]? {
        // A node that starts refuses the connection.
        let answer = try? nodes[index].adminConnection().exchange(
            HTTPRequest("GET", "/readyz").text)
        guard let answer else { return nil }
        return answer.json["reasons"]?.elements.compactMap(\.string)
    }

    /// The node that leads, waited for.
    func leader(among indices: [Int], withinSeconds seconds: Double = 120) throws -> Int {
        var found: Int?
        _ = eventually(withinSeconds: seconds) {
            found = indices.first { readiness($0) == [] && leads($0) }
            return found != nil
        }
        let said = indices.map { nodes[$0].errors }.joined(separator: "\n")
        return try #require(found, "nobody leads: \(said)")
    }

    private func leads(_ index: Int) -> Bool {
        // A node that ends meanwhile does not lead.
        (try? metric("portillon_cluster_leader", of: index)) == 1
    }

    /// A node's value of a metric without labels.
    func metric(_ name: String, of index: Int) throws -> Double? {
        let answer = try nodes[index].adminConnection().exchange(
            HTTPRequest("GET", "/metrics").text)
        let text = String(decoding: answer.body, as: UTF8.self)
        for line in text.split(separator: "\n") where line.hasPrefix(name + " ") {
            return Double(line.dropFirst(name.count + 1))
        }
        return nil
    }
}
