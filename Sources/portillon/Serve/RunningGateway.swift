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
    private let supervisor: Supervisor

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
        wanted.cluster?.whileFollowing = FollowingNotice(supervisor).tell
        wanted.cluster?.whenLeading = { [logger = log.logger] addresses, adminAddresses in
            Self.announce(addresses, adminAddresses, configuration, supervisor, logger)
        }
        wanted.cluster?.afterStepDown = { signals.endAfterStepDown() }
        wanted.beforeAccepting = { signals.acceptsEntries() }
        wanted.masterKeyIsGuarded = supervisor.guards(wanted.masterKey)
        do {
            gateway = try Gateway(wanted, logger: log.logger)
        } catch {
            throw CommandFailure(status: error.exitStatus, error.description)
        }
        self.configuration = configuration
        self.supervisor = supervisor
        logger = log.logger
    }

    /// Where front ends connect; nil for a node of a cluster that follows.
    var address: String? { gateway.address }
    var adminAddress: String { gateway.adminAddress }

    /// Logs the addresses, in one line that programs can wait for, and tells the supervisor. A node
    /// of a cluster does so with its office.
    func announce() {
        guard configuration.text("cluster").isEmpty else { return }
        Self.announce(
            gateway.addresses, gateway.adminAddresses, configuration, supervisor, logger)
    }

    private static func announce(
        _ addresses: [String], _ adminAddresses: [String], _ configuration: Configuration,
        _ supervisor: Supervisor, _ logger: Logger
    ) {
        let folder = URL(fileURLWithPath: configuration.text("data")).path
        logger.info(
            "listening",
            metadata: [
                "listen": "\(addresses.joined(separator: ","))",
                "admin_listen": "\(adminAddresses.joined(separator: ","))",
                "data": "\(folder)", "workers": .stringConvertible(configuration.number("workers")),
                "version": "\(Gateway.version)",
            ])
        supervisor.notifyReady(acceptingStatus(addresses))
    }

    private static func acceptingStatus(_ addresses: [String]) -> String {
        "Accepting entries on \(addresses.first ?? "no address")"
    }

    /// What the supervisor shows of it.
    var status: String {
        address == nil ? "Cluster: following" : Self.acceptingStatus(gateway.addresses)
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
