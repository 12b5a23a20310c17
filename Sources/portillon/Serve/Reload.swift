import Gateway
import Logging

/// SIGHUP: what is configured now is read, what can change while the gateway runs is taken, and the
/// log says of each change what became of it. Where anything is wrong all stays as it was.
struct Reload {
    let running: RunningGateway
    /// What was read last, at the start or since.
    var inForce: Configuration
    let logger: Logger

    mutating func run(read: () throws(CommandFailure) -> Configuration) {
        do throws(CommandFailure) {
            let wanted = try read()
            let renewed = try running.reload(try wanted.limits())
            report(wanted, renewed)
            inForce = wanted
        } catch {
            for line in error.lines {
                logger.error("SIGHUP: nothing has changed", metadata: ["reason": "\(line)"])
            }
        }
    }

    private func report(_ wanted: Configuration, _ renewed: [String]) {
        for name in renewed { logger.notice("reloaded", metadata: ["what": "\(name)"]) }
        var changes = 0
        for entry in wanted.entries {
            let key = entry.setting.key
            let before = inForce.text(key)
            guard entry.value != before else { continue }
            changes += 1
            let metadata: Logger.Metadata = [
                "setting": "\(key)", "before": "\(before)", "now": "\(entry.value)",
            ]
            if Self.isChangeable(key) {
                logger.notice("reloaded", metadata: metadata)
            } else {
                logger.warning("a change that needs a restart", metadata: metadata)
            }
        }
        if changes == 0, renewed.isEmpty { logger.notice("SIGHUP: nothing is to be changed") }
    }

    static func isChangeable(_ key: String) -> Bool {
        SettingFamily(of: key) == .limits
            && Limits.changeable.contains(String(SettingFamily.limits.name(in: key)))
    }
}
