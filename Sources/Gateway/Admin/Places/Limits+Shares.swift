/// How the places of the admin listener and of the control side are shared. A setting that is 0 is
/// a part of the whole that it is a share of, so that a smaller whole needs no further setting.
extension Limits {
    /// Places of a kind of work.
    func places(for work: ControlWork) -> Int {
        switch work {
        case .measure: 32
        case .scrape: 16
        case .request: adminRequestsAtOnce
        case .report: max(adminRequestsAtOnce / 4, 1)
        case .stream: eventStreams > 0 ? eventStreams : max(adminConnections * 7 / 8, 1)
        }
    }

    /// Requests of one kind that a token which is not a person's may have in progress.
    var requestsShare: Int { Self.part(8, of: adminRequestsAtOnce, or: adminRequestsPerToken) }

    /// Connections of the admin listener that have shown no valid token.
    var unauthenticatedShare: Int {
        Self.part(2, of: adminConnections, or: unauthenticatedConnections)
    }

    /// Connections of the admin listener whose requests have one token that is not a person's.
    var tokenConnectionsShare: Int {
        Self.part(4, of: adminConnections, or: adminConnectionsPerToken)
    }

    /// Connections from one address.
    func connectionsPerAddress(_ kind: ListenerKind) -> Int {
        switch kind {
        case .public: connectionsPerAddress
        case .admin:
            min(
                connectionsPerAddress,
                Self.part(4, of: adminConnections, or: adminConnectionsPerAddress))
        }
    }

    private static func part(_ parts: Int, of whole: Int, or given: Int) -> Int {
        given > 0 ? given : max(whole / parts, 1)
    }

    /// Shares that leave too little of the whole, one sentence each.
    var shareContradictions: [String] {
        let shares = [
            ("admin_connections_per_address", adminConnectionsPerAddress, adminConnections),
            ("admin_connections_per_token", adminConnectionsPerToken, adminConnections),
            ("unauthenticated_connections", unauthenticatedConnections, adminConnections),
            ("admin_requests_per_token", adminRequestsPerToken, adminRequestsAtOnce),
        ]
        return shares.filter { _, share, whole in share > 1 && share > whole / 2 }
            .map { name, share, whole in
                let of = name == "admin_requests_per_token" ? "requests_at_once" : "connections"
                return "limits.\(name) must be at most half of limits.admin_\(of) "
                    + "(\(whole)), not \(share)"
            }
    }
}
