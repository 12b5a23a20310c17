import Contract
import Foundation
import Gateway
import Logging

/// A gateway that runs in this process, and what is said about it.
struct RunningGateway {
    private let gateway: Gateway
    private let configuration: Configuration
    private let logger: Logger

    /// - Throws: ``Failure`` with the gateway's own reason and exit status.
    init(
        _ configuration: Configuration, _ limits: Limits, _ policy: Policy, _ logger: Logger
    ) throws(Failure) {
        let wanted = Gateway.Configuration(
            listen: configuration.text("listen"),
            adminListen: configuration.text("admin.listen"),
            data: configuration.text("data"), masterKey: configuration.text("master_key"),
            workers: configuration.number("workers"), limits: limits, policy: policy,
            tls: try configuration.tls(), adminTLS: try configuration.adminTLS())
        do {
            gateway = try Gateway(wanted, logger: logger)
        } catch {
            throw Failure(status: error.exitStatus, error.description)
        }
        self.configuration = configuration
        self.logger = logger
    }

    var address: String { gateway.address }
    var adminAddress: String { gateway.adminAddress }

    /// Says where it is, in one line that programs can wait for.
    func announce() {
        let folder = URL(fileURLWithPath: configuration.text("data")).path
        logger.info(
            "listening",
            metadata: [
                "listen": "\(address)", "admin_listen": "\(adminAddress)",
                "data": "\(folder)", "workers": .stringConvertible(configuration.number("workers")),
                "version": "\(Gateway.version)",
            ])
    }

    /// Reads again what can be read again while it runs: certificates and their keys.
    func reload() {
        guard gateway.hasCertificates else {
            logger.notice(
                """
                SIGHUP: nothing to reload; settings are read at start, restart to change them
                """)
            return
        }
        gateway.reloadCertificates()
    }

    /// Finishes what is in flight, stores it, and comes back.
    func drain() {
        gateway.drain()
        logger.info("stopped")
    }
}
