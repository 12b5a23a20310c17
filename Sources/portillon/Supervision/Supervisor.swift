import CLinux
import Gateway
import Glibc

/// Who started the process and looks after it: what it passed on, and where it is told how things
/// stand (sd_notify(3)). Where nobody does, all of this is nothing.
struct Supervisor: Sendable {
    let sockets: PassedSockets
    /// A Unix socket, by path or as `@name`.
    private let address: String?
    /// How long it waits for a sign of life, in nanoseconds; nil where it does not.
    let watchdogNanoseconds: UInt64?
    /// Where credentials are (systemd.exec(5), `LoadCredential=`).
    private let credentials: String?

    /// Nobody looks after the process.
    static let none = Supervisor()

    private init() {
        sockets = PassedSockets()
        address = nil
        watchdogNanoseconds = nil
        credentials = nil
    }

    /// - Throws: ``CommandFailure`` 78 where what was passed is not what it must be.
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

    /// Reads the environment of the process, and takes out what was meant for it alone.
    static func claim(_ environment: [String: String]) throws(CommandFailure) -> Supervisor {
        let supervisor = try Supervisor(environment: environment)
        let own = PassedSockets.variables + ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]
        for name in own { unsafe unsetenv(name) }
        return supervisor
    }

    /// Whether the sockets outlive this process, so that another may come after it.
    var keepsSockets: Bool { !sockets.public.isEmpty }

    /// Whether a file is a credential that the supervisor passed on.
    func guards(_ path: String) -> Bool {
        credentials.map { !$0.isEmpty && path.hasPrefix($0 + "/") } ?? false
    }

    // MARK: What is told

    func notifyReady(_ status: String) { notify(["READY=1", "STATUS=\(status)"]) }

    /// Followed by ``notifyReady(_:)``.
    func notifyReloading() {
        var time = timespec()
        // It fails for an unknown clock only.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        let microseconds = time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
        notify(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)"])
    }

    func notifyStopping() { notify(["STOPPING=1", "STATUS=Finishing what is in flight"]) }

    func notify(status: String) { notify(["STATUS=\(status)"]) }

    func notifyAlive() { notify(["WATCHDOG=1"]) }

    private func notify(_ assignments: [String]) {
        guard let address else { return }
        let text = assignments.joined(separator: "\n")
        // A supervisor that cannot be told will see for itself; the gateway goes on.
        _ = unsafe linux_send_datagram(address, text, text.utf8.count)
    }
}
