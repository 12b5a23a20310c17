import CLinux
import Gateway
import Glibc

/// The supervisor that started the process: what it passed, and where it expects notifications
/// (sd_notify(3)). Without a supervisor every property is empty and notifications do nothing.
struct Supervisor: Sendable {
    let sockets: PassedSockets
    /// A Unix socket, by path or as `@name`.
    private let address: String?
    /// The watchdog's interval in nanoseconds; nil without a watchdog.
    let watchdogNanoseconds: UInt64?
    /// The folder of credentials (systemd.exec(5), `LoadCredential=`).
    private let credentials: String?

    /// No supervisor.
    static let none = Supervisor()

    private init() {
        sockets = PassedSockets()
        address = nil
        watchdogNanoseconds = nil
        credentials = nil
    }

    /// - Throws: ``CommandFailure`` 78 for wrong variables or descriptors.
    init(environment: [String: String], process: pid_t = getpid()) throws(CommandFailure) {
        sockets = try PassedSockets(environment: environment, process: process)
        address = environment["NOTIFY_SOCKET"]
        credentials = environment["CREDENTIALS_DIRECTORY"]
        let isForUs = environment["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
        let microseconds = isForUs ? environment["WATCHDOG_USEC"].flatMap { UInt64($0) } : nil
        watchdogNanoseconds = microseconds.flatMap {
            let (nanoseconds, overflow) = $0.multipliedReportingOverflow(by: 1_000)
            return overflow || nanoseconds == 0 ? nil : nanoseconds
        }
    }

    /// Reads the process's environment and removes the variables meant for this process alone.
    static func claim(_ environment: [String: String]) throws(CommandFailure) -> Supervisor {
        let supervisor = try Supervisor(environment: environment)
        let own = PassedSockets.variables + ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]
        for name in own { unsafe unsetenv(name) }
        return supervisor
    }

    /// Whether the sockets outlive this process, so that another process can follow it.
    var keepsSockets: Bool { !sockets.public.isEmpty }

    /// Whether a file is a credential passed by the supervisor.
    func guards(_ path: String) -> Bool {
        guard let credentials, !credentials.isEmpty else { return false }
        return path.hasPrefix(credentials + "/") && !path.split(separator: "/").contains("..")
    }

    // MARK: Notifications

    func notifyReady(_ status: String) { notify(["READY=1", "STATUS=\(status)"]) }

    /// Followed by ``notifyReady(_:)``.
    func notifyReloading() {
        var time = timespec()
        // The call fails only for an unknown clock.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        let microseconds = time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
        notify(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)"])
    }

    func notifyStopping() {
        notify(["STOPPING=1", "STATUS=Draining: finishing requests in flight"])
    }

    func notify(status: String) { notify(["STATUS=\(status)"]) }

    func notifyAlive() { notify(["WATCHDOG=1"]) }

    private func notify(_ assignments: [String]) {
        guard let address else { return }
        let text = assignments.joined(separator: "\n")
        // A failed notification is harmless: the supervisor's timeouts apply; the gateway
        // continues.
        _ = unsafe linux_send_datagram(address, text, text.utf8.count)
    }
}
