internal import Bytes
internal import Cluster
internal import Evidence
internal import Ledger
internal import Logging
internal import Projections
internal import Sockets
internal import Threads
internal import Time

/// The admin listener of a node that follows: health, readiness and metrics, and nothing else. The
/// public listener is not open meanwhile, so that a balancer leaves the node alone.
///
/// It has loops and counters of its own, which end when the gateway's begin; the listening sockets
/// stay open over that.
final class Standby: Sendable {
    let status: ClusterStatus
    private let shared: Shared
    private let loops: [SystemThread]

    /// - Parameter listener: stays the caller's.
    /// - Throws: ``StartError``.
    init(
        _ status: ClusterStatus, _ limits: Limits, _ configuration: Gateway.Configuration,
        _ certificates: Certificates, sharing listener: borrowing Listener, _ logger: Logger
    ) throws(StartError) {
        self.status = status
        // Its sockets are the gateway's next: it must not take connections beside it.
        var limits = limits
        limits.drainNoticeMilliseconds = 0
        let tokens = try AdminTokens(data: configuration.data)
        let sockets = listener.descriptors
        do {
            shared = try Shared(
                limits: limits, proxies: configuration.proxies,
                adminNames: configuration.adminNames, workers: sockets.count,
                state: Projections(catalogue: Ledger().catalogue, evidence: EvidenceIndex()).state,
                certificates: certificates, cluster: status, logger: logger,
                log: configuration.log)
        } catch {
            throw .file("cannot open what the gateway needs: \(error)")
        }
        var loops: [SystemThread] = []
        for (lane, socket) in sockets.enumerated() {
            let handover: ThreadHandover<Listener>
            do {
                handover = ThreadHandover(
                    try Listener(sharing: socket, unsentBytes: limits.unsentBytes))
            } catch {
                throw .address("--admin-listen: \(error)")
            }
            let shared = shared
            loops.append(
                try SystemThread.start(as: "standby-\(lane)") {
                    do {
                        var loop = try EventLoop(
                            lane: lane, .admin, shared,
                            service: StandbyService(shared, tokens, status),
                            listener: handover.receive())
                        loop.run()
                    } catch {
                        shared.giveUp("cannot start an event loop; ending the process: \(error)")
                    }
                })
        }
        self.loops = loops
    }

    /// Learns who holds tokens: operators' metrics are read with them.
    func publish(_ catalogue: Catalogue) {
        shared.publish(Projections(catalogue: catalogue, evidence: EvidenceIndex()).state)
    }

    /// Has the loops end; what is in progress there is answered meanwhile.
    func end() { shared.drain() }

    /// Waits until they have ended.
    func join() {
        for loop in loops { loop.join() }
    }
}
