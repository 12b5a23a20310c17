internal import Logging
internal import Sockets

/// How many descriptors the process may have open, and what of it is for connections.
enum DescriptorLimit {
    /// Kept back for the log's segments, keys, exports, and what the runtime opens.
    private static var reserve: Int { 128 }
    /// A poller, a listener, and two for the bell.
    private static var eachLoop: Int { 4 }

    /// Raises the process's limit as far as it may, and lowers the public connections to what the
    /// others leave.
    static func fit(_ limits: inout Limits, workers: Int, _ logger: Logger) {
        let others = reserve + eachLoop * (workers + 1) + limits.adminConnections
        let maximum = max(Descriptor.raiseLimit() - others, 16)
        guard limits.connections > maximum else { return }
        logger.warning(
            "limits.connections lowered to the open-file limit; raise RLIMIT_NOFILE",
            metadata: [
                "wanted": .stringConvertible(limits.connections),
                "in_force": .stringConvertible(maximum),
            ])
        limits.connections = maximum
    }
}
