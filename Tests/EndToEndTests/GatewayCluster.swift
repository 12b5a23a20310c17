import ClusterTesting
import Foundation
import TestSupport
import Testing

/// Gateways that are nodes of one cluster, over three real members of etcd, all on loopback.
final class GatewayCluster {
    let servers: EtcdServers
    let nodes: [Gateway]
    private let linkPorts: [UInt16]

    static let names = ["a", "b", "c"]

    init(_ count: Int) throws {
        servers = try EtcdServers(3)
        nodes = try (0..<count).map { _ in try Gateway() }
        linkPorts = try (0..<count).map { _ in try LoopbackAddress.twoFreePorts().0 }
        try #require(servers.leader() != nil, "etcd does not start: \(servers.log(0))")
    }

    /// What makes a gateway this node.
    func options(_ index: Int) -> [String] {
        [
            "--cluster", servers.urls.joined(separator: ","), "--cluster-listen",
            "127.0.0.1:\(linkPorts[index])", "--node", Self.names[index],
        ]
    }

    func launch(_ index: Int) throws {
        try nodes[index].launch(options: options(index))
    }

    /// Starts a node, and waits until it says so.
    func start(_ index: Int, until reason: String = "following") throws {
        try launch(index)
        let isThere = try eventually(withinSeconds: 60) {
            if let ending = nodes[index].process?.poll() {
                throw GatewayFailure("node \(index) ended: \(ending): \(nodes[index].errors)")
            }
            return readiness(index) == [reason]
        }
        try #require(isThere, "node \(index) is not \(reason): \(nodes[index].errors)")
    }

    /// What a node says why it is not ready; empty where it is, nil where it does not answer.
    func readiness(_ index: Int) -> [String]? {
        // Refused is what a node that starts does.
        guard
            let answer = try? nodes[index].adminConnection().exchange(
                HTTPRequest("GET", "/readyz").text)
        else { return nil }
        return answer.json["reasons"]?.elements.compactMap(\.string)
    }

    /// The node that leads, waited for.
    func leader(among indices: [Int], withinSeconds seconds: Double = 60) throws -> Int {
        var found: Int?
        _ = eventually(withinSeconds: seconds) {
            found = indices.first { readiness($0) == [] }
            return found != nil
        }
        let said = indices.map { nodes[$0].errors }.joined(separator: "\n")
        return try #require(found, "nobody leads: \(said)")
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

    /// Gives a node the keys that another one has made: what a cluster's shared key store does.
    func copyKeys(from source: Int, to target: Int) throws {
        let files = FileManager.default
        let (from, to) = (nodes[source].data, nodes[target].data)
        var names = try files.contentsOfDirectory(atPath: from + "/keys")
            .filter { $0.hasSuffix(".key") || $0 == "leaves" }.map { "keys/" + $0 }
        names.append("master.key")
        for name in names {
            // What is not there yet need not be removed.
            try? files.removeItem(atPath: to + "/" + name)
            try files.copyItem(atPath: from + "/" + name, toPath: to + "/" + name)
        }
    }
}
