import Gateway
import Logging

/// A reload on SIGHUP: it reads the configuration, applies what can change while the gateway runs,
/// and logs the result of each change. If anything is wrong, it changes nothing.
struct Reload {
    let running: RunningGateway
    /// The configuration read last, at the start or by a reload.
    var inForce: Configuration
    let logger: Logger

    mutating func run(read: () throws(CommandFailure) -> Configuration) {
        do throws(CommandFailure) {
            let wanted = try read()
            let renewed = try running.reload(try wanted.limits(), try wanted.ruleset())
            running.recordReload(isSuccessful: true)
            report(wanted, renewed)
            inForce = wanted
        } catch {
            running.recordReload(isSuccessful: false)
            for line in error.lines {
                logger.error(
                    "reload failed; the settings in force stay", metadata: ["reason": "\(line)"])
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
                "setting": "\(key)", "before": entry.setting.logged(before),
                "now": entry.setting.logged(entry.value),
            ]
            if Self.isChangeable(key) {
                logger.notice("reloaded", metadata: metadata)
            } else {
                logger.warning("changed setting needs a restart", metadata: metadata)
            }
        }
        if changes == 0, renewed.isEmpty { logger.notice("reload: nothing has changed") }
    }

    static func isChangeable(_ key: String) -> Bool {
        key == Setting.ruleset.key
            || SettingFamily(of: key) == .limits
                && Limits.changeable.contains(String(SettingFamily.limits.name(in: key)))
    }
}
