import Cluster
import ClusterTesting
import Foundation
import Glibc
import TestSupport
import Testing

/// Gateways that are nodes of one cluster, over three real members of etcd, all on loopback.
final class GatewayCluster {
    let servers: EtcdServers
    let nodes: [Gateway]
    private let linkPorts: [UInt16]
    /// All nodes have the same.
    private let masterKey: String
    /// Of every node.
    private let extraOptions: [String]

    static let names = ["a", "b", "c"]

    /// - Parameter options: of every node, beside what makes it one.
    init(_ count: Int, options: [String] = []) throws {
        extraOptions = options
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
        ] + extraOptions
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

    /// Whether the log in etcd has a record no more.
    func isTrimmed(past record: UInt64) throws -> Bool {
        var log = EtcdLog(servers.endpoints, .none)
        let limit = Waiting(seconds: 60)
        while true {
            do throws(ReplicatedLogError) {
                let end = try log.read(from: record) { _, _ in }
                if case .trimmed = end { return true }
                return false
            } catch {
                // A member that does not answer in time: the next one is asked.
                guard error.mayPass, !limit.isOver else { throw error }
            }
        }
    }

    /// Ends all nodes; all journals end at one record with one chain value.
    func expectEqualJournals(leader: Int) throws {
        let isEqual = try eventually(withinSeconds: 30) {
            let positions = try nodes.indices.map { try metric("portillon_log_position", of: $0) }
            return Set(positions).count == 1
        }
        #expect(isEqual)
        // All at once, the leader last: what a new one would decide is in no other journal.
        let order = nodes.indices.filter { $0 != leader } + [leader]
        for index in order { nodes[index].process?.send(SIGKILL) }
        for index in order { try nodes[index].kill() }
        let chains = try nodes.map { node in
            let said = try node.say("journal", "verify", node.data, "--json")
            #expect(said.ending == .exit(0), "\(said)")
            return said.json["chain"]?.string
        }
        #expect(Set(chains).count == 1 && chains[0] != nil, "\(chains)")
    }
}
