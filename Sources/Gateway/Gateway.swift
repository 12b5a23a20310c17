internal import Bytes
internal import Cryptography
internal import Glibc
internal import Journal
internal import Ledger
package import Logging
internal import Sockets

/// A gateway on one data folder: opened, recovered, run, drained.
///
/// The data path reads from here: a `Worker` takes an entry off the wire and hands it over, the
/// `Sequencer` decides and stores it, the worker answers. ARCHITECTURE.md has the picture.
package final class Gateway: Sendable {
    /// What the gateway is started with.
    package struct Configuration: Sendable {
        package var listen: String
        package var adminListen: String
        package var data: String
        package var masterKey: String
        /// Event loops for the public listener.
        package var workers: Int
        package var limits: Limits

        package init(
            listen: String = "127.0.0.1:8080", adminListen: String = "127.0.0.1:8081",
            data: String = "data", masterKey: String? = nil, workers: Int, limits: Limits = Limits()
        ) {
            self.listen = listen
            self.adminListen = adminListen
            self.data = data
            self.masterKey = masterKey ?? data + "/master.key"
            self.workers = workers
            self.limits = limits
        }
    }

    /// The version that `/metrics` and `--version` tell.
    package static var version: String { "0.1.0" }

    /// Where it listens for front ends; the kernel's port where 0 was asked for.
    package let address: String
    /// Where it listens for operators.
    package let adminAddress: String
    private let shared: Shared
    private let control: Control
    private let loops: [GatewayThread]
    private let sequencer: GatewayThread
    private let pulse: Pulse

    // MARK: Starting

    /// Opens the data folder, recovers what the journal holds, and starts to listen.
    /// - Throws: ``StartError``.
    package init(_ configuration: Configuration, logger: Logger) throws(StartError) {
        let limits = configuration.limits
        if let contradiction = limits.contradictions.first { throw .configuration(contradiction) }
        raiseDescriptorLimit()
        let folder = try DataFolder(configuration.data)
        let vault = try folder.openVault(masterKey: configuration.masterKey)
        var ledger = Ledger(limits: limits.ledger)
        let recovered = try folder.recover(&ledger, limits: limits, logger: logger)
        let shared = try Shared.make(
            limits: limits, workers: configuration.workers, catalogue: ledger.catalogue,
            logger: logger)
        let keys = try vault.operationKeys(of: ledger.catalogue, logger: logger)
        let control = Control(
            shared: shared, vault: vault, tokens: try AdminTokens(data: configuration.data),
            keys: keys, startedAt: LoopClock.wallClock())
        control.publishRecovered(ledger.catalogue, counts: { ledger.counts(of: $0) })

        let listeners = try Listeners(configuration)
        address = "\(listeners.address)"
        adminAddress = "\(listeners.adminAddress)"
        self.shared = shared
        self.control = control
        sequencer = Gateway.startSequencer(
            shared, ledger: ledger, journal: recovered.journal, latest: recovered.latest)
        loops = try listeners.startLoops(shared, control)
        pulse = Pulse(shared)
    }

    // MARK: Ending

    /// Finishes what is in flight, stores it, and comes back when all is done.
    package func drain() {
        shared.drain()
        for loop in loops { loop.join() }
        shared.stop()
        sequencer.join()
        pulse.stop()
    }
}
