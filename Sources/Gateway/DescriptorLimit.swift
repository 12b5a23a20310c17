internal import Ledger
internal import Logging
internal import Sockets

/// How many descriptors the process may have open, and what of it is for connections.
enum DescriptorLimit {
    /// Kept back for the log's segments, keys, exports, and what the runtime opens.
    private static var reserve: Int { 128 }
    /// A poller, a listener, two for the bell, and the connections beyond the limit.
    private static var eachLoop: Int { 4 + ReservedConnections.maximum }
    /// A connection, and two for the bell of the thread that sends.
    private static var eachWebhook: Int { 3 }

    /// Raises the process's limit as far as it may, and lowers the public connections to what the
    /// others leave.
    static func fit(_ limits: inout Limits, workers: Int, _ logger: Logger) {
        let maximum = max(Descriptor.raiseLimit() - others(limits, workers: workers), 16)
        guard limits.connections > maximum else { return }
        logger.warning(
            "limits.connections lowered to the open-file limit; raise RLIMIT_NOFILE",
            metadata: [
                "wanted": .stringConvertible(limits.connections),
                "in_force": .stringConvertible(maximum),
            ])
        limits.connections = maximum
    }

    /// Descriptors that are not for public connections.
    static func others(_ limits: Limits, workers: Int) -> Int {
        reserve + eachLoop * (workers + 1) + eachWebhook * LedgerLimits.webhooks
            + limits.adminConnections
    }
}
