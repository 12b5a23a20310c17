import Contract
import Foundation
import Gateway
import Logging
import Robots
import Time

/// A gateway that runs in this process, with its log messages.
struct RunningGateway: Sendable {
    private let gateway: Gateway
    private let configuration: Configuration
    private let logger: Logger

    /// - Throws: ``CommandFailure`` with the gateway's own reason and exit status.
    init(
        _ configuration: Configuration, _ limits: Limits, _ policy: Policy,
        _ proxies: TrustedProxies, under supervisor: Supervisor = .none,
        accepting accepted: [StoreException] = [], _ log: ServiceLog, _ signals: StopSignals
    ) throws(CommandFailure) {
        var wanted = Gateway.Configuration(
            listen: configuration.text("listen"),
            adminListen: configuration.text("admin.listen"),
            data: configuration.text("data"), masterKey: configuration.text("master_key"),
            workers: configuration.number("workers"), limits: limits, policy: policy,
            proxies: proxies, tls: try configuration.tls(),
            adminTLS: try configuration.adminTLS())
        wanted.timeZone = configuration.text("time_zone")
        guard let holidays = PublicHolidays(rawValue: configuration.text("holidays")) else {
            preconditionFailure("holidays is checked")
        }
        wanted.holidays = holidays
        wanted.webhookAuthorities = try configuration.webhookAuthorities()
        wanted.ruleset = try configuration.ruleset()
        wanted.room = Room.files
        wanted.adminNames = configuration.adminNames
        if configuration.isTrue("kit") { wanted.files = FrontEnd.kit }
        wanted.hasStatusPage = configuration.isTrue("status_page")
        wanted.mustExist = configuration.text("store") == "existing"
        wanted.accepted = Set(accepted)
        wanted.passed = supervisor.sockets
        wanted.log = log.queue
        wanted.cluster = try configuration.cluster()
        wanted.cluster?.whileFollowing = StandbyNotice(supervisor).tell
        wanted.cluster?.afterStepDown = { signals.endAfterStepDown() }
        wanted.beforeAccepting = { signals.acceptsEntries() }
        wanted.masterKeyIsGuarded = supervisor.guards(wanted.masterKey)
        do {
            gateway = try Gateway(wanted, logger: log.logger)
        } catch {
            throw CommandFailure(status: error.exitStatus, error.description)
        }
        self.configuration = configuration
        logger = log.logger
    }

    var address: String { gateway.address }
    var adminAddress: String { gateway.adminAddress }

    /// Logs the addresses, in one line that programs can wait for.
    func announce() {
        let folder = URL(fileURLWithPath: configuration.text("data")).path
        logger.info(
            "listening",
            metadata: [
                "listen": "\(gateway.addresses.joined(separator: ","))",
                "admin_listen": "\(gateway.adminAddresses.joined(separator: ","))",
                "data": "\(folder)", "workers": .stringConvertible(configuration.number("workers")),
                "version": "\(Gateway.version)",
            ])
    }

    /// Serves these files on the public listener, in place of those before.
    func serve(_ files: [PublicFile]) { gateway.serve(files) }

    /// Serves these files on the admin listener, in place of those before.
    func serveOperators(_ files: [PublicFile]) { gateway.serveOperators(files) }

    /// The name of a thread that has not completed a turn for that long; nil if there is none.
    func thread(silentFor nanoseconds: UInt64) -> String? {
        gateway.thread(silentFor: nanoseconds)
    }

    /// Applies the limits and the rules that can change while it runs, and reads its files again.
    /// - Returns: the names of the files that changed.
    func reload(_ limits: Limits, _ ruleset: Ruleset) throws(CommandFailure) -> [String] {
        do {
            return try gateway.reload(limits, ruleset)
        } catch {
            throw CommandFailure(status: error.exitStatus, error.description)
        }
    }

    /// Tells metrics what came of a reload.
    func recordReload(isSuccessful: Bool) { gateway.recordReload(isSuccessful: isSuccessful) }

    /// Drains: answers and stores what is in flight, then returns.
    func drain() {
        gateway.drain()
        logger.info("stopped")
    }
}
