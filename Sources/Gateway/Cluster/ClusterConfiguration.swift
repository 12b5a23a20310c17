package import AdminClient
package import Cluster
package import Sockets

/// How a gateway is one node of several that share a log.
package struct ClusterConfiguration: Sendable {
    /// The engine's members.
    package var endpoints: [EtcdEndpoint]
    package var engineTrust: EtcdTrust
    /// What their metrics are asked with.
    package var engineFiles = HTTPClient.Trust()
    /// Where it takes other nodes' links, and where they reach it.
    package var listen: String
    package var linkTrust: LinkTrust
    /// Of this process's ways to the engine.
    private let preference = EtcdPreference()
    /// Its name among them.
    package var node: String
    /// How many nodes there are, where they are fewer than the engine's voting members: what leaves
    /// the engine, a majority of them has. Nil for as many as those.
    package var nodes: Int?
    /// Called ten times a second while it follows, with what it does.
    package var whileFollowing: @Sendable (ClusterStatus.State) -> Void = { _ in }
    /// Called once, when this node leads and front ends may connect, with where it listens.
    package var whenLeading: @Sendable (_ addresses: [String], _ adminAddresses: [String]) -> Void =
        { _, _ in }
    /// Called where another node has taken over because an operator asked for it: ends the process.
    package var afterStepDown: @Sendable () -> Void = {}

    package init(
        node: String, listen: String, endpoints: [EtcdEndpoint],
        engineTrust: EtcdTrust = .none, linkTrust: LinkTrust = .none
    ) {
        self.node = node
        self.listen = Self.bracketed(listen)
        self.endpoints = endpoints
        self.engineTrust = engineTrust
        self.linkTrust = linkTrust
    }

    /// What does not fit together, one line each.
    func contradictions(_ limits: Limits) -> [String] {
        var found: [String] = []
        if endpoints.isEmpty { found.append("cluster: name the URL of each member of etcd") }
        if LogOwner(node: node, term: 1, address: "-") == nil {
            found.append(
                "node must be a name of 1 to 64 letters, digits, \".\", \"_\" or \"-\", not "
                    + "\"\(node)\"")
        }
        if address == nil {
            found.append(
                "cluster_listen must be an address of this machine that the other nodes reach, "
                    + "with a port, such as 10.0.0.1:8082, not \"\(listen)\"")
        }
        if limits.journalBatchBytes > EtcdLimits.batchBytes {
            found.append(
                "limits.journal_batch_bytes must be \(EtcdLimits.batchBytes) or less in a cluster")
        }
        if limits.journalSegmentBytes < 2 * EtcdLimits.batchBytes {
            found.append(
                "limits.journal_segment_bytes must be \(2 * EtcdLimits.batchBytes) or more in a "
                    + "cluster")
        }
        return found
    }

    /// Nil where the setting names none that others can reach.
    var address: SocketAddress? { Self.address(listen) }

    /// The address in a text; nil where it is none that other machines can reach.
    package static func address(_ text: String) -> SocketAddress? {
        let text = bracketed(text)
        guard let address = SocketAddress(text), address.port > 0,
            !text.hasPrefix("*"), !text.hasPrefix("0.0.0.0:"), !text.hasPrefix("[::]:")
        else { return nil }
        return address
    }

    /// An address of IPv6 and a port without brackets, as a pod's address with a port behind it is
    /// written, gets them: a port must be there, so the last colon is before it.
    static func bracketed(_ text: String) -> String {
        guard !text.hasPrefix("["), let last = text.lastIndex(of: ":"),
            text[..<last].contains(":")
        else { return text }
        return "[\(text[..<last])]\(text[last...])"
    }

    /// A way of its own to the log, for one thread.
    func makeEngine(meanwhile: @escaping () -> Void = {}) -> EtcdLog {
        var options = EtcdLog.Options()
        options.meanwhile = meanwhile
        options.preference = preference
        return EtcdLog(endpoints, engineTrust, options)
    }
}
