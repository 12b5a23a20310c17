internal import Logging
internal import Sockets

/// How many descriptors the process may have open, and what of it is for connections.
enum DescriptorLimit {
    /// Kept back for listeners, bells, the journal's segments and keys.
    private static var reserve: Int { 128 }

    /// Raises the process's limit as far as it may, and lowers the public connections to what the
    /// others leave.
    static func fit(_ limits: inout Limits, _ logger: Logger) {
        let most = max(Descriptor.raiseLimit() - reserve - limits.adminConnections, 16)
        guard limits.connections > most else { return }
        logger.warning(
            "limits.connections is more than the process may open; raise its RLIMIT_NOFILE",
            metadata: ["wanted": "\(limits.connections)", "in_force": "\(most)"])
        limits.connections = most
    }
}
