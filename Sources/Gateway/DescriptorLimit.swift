internal import Glibc
internal import Logging

/// How many descriptors the process may have open, and what of it is for connections.
enum DescriptorLimit {
    /// Kept back for listeners, bells, the journal's segments, keys and scrapes.
    private static var reserve: Int { 128 }

    /// Raises the process's limit as far as it may, and lowers the connections to what is left.
    static func fit(_ limits: inout Limits, _ logger: Logger) {
        let most = max(raised() - reserve, 16)
        guard limits.connections > most else { return }
        logger.warning(
            "limits.connections is more than the process may open; raise its RLIMIT_NOFILE",
            metadata: ["wanted": "\(limits.connections)", "in_force": "\(most)"])
        limits.connections = most
    }

    private static func raised() -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0 else { return 1_024 }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        guard unsafe setrlimit(resource, &limit) == 0 else { return Int(clamping: before) }
        return Int(clamping: limit.rlim_max)
    }
}
