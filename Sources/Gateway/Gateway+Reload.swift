internal import Cryptography
package import Robots
internal import Sockets
internal import Synchronization
internal import Time

/// What can change while a gateway runs, and what its supervisor asks.
extension Gateway {
    /// The name of a thread that has not turned for so long; nil while all do.
    package func thread(silentFor nanoseconds: UInt64) -> String? {
        shared.heartbeats.thread(
            silentFor: nanoseconds, at: shared.clock.monotonicNanoseconds())
    }

    /// Takes other limits while it runs, those of ``Limits/changeable``, and reads its files again:
    /// certificates with their keys, and the admin token. What else can be renewed without a
    /// restart joins here.
    /// - Parameters:
    ///   - wanted: of these the ones that can change are taken.
    ///   - ruleset: the rules for what gives a robot away; nil leaves those in force.
    /// - Returns: what was read again, by name: certificates in any case, the token and the rules
    ///   if they are others.
    /// - Throws: ``StartError`` where limits do not fit together or a file cannot be read; then
    ///   nothing has changed.
    package func reload(
        _ wanted: Limits, _ ruleset: Ruleset? = nil
    ) throws(StartError) -> [String] {
        var limits = shared.limits
        for limit in Limits.settings where Limits.changeable.contains(limit.name) {
            limits[keyPath: limit.path] = wanted[keyPath: limit.path]
        }
        if let contradiction = limits.contradictions.first { throw .configuration(contradiction) }
        let fresh = try shared.certificates.readAgain()
        let changeCluster = try shared.certificates.readClusterAgain()
        var renewed = try control.tokens.reload() ? ["admin.token"] : []
        shared.change(to: fresh)
        renewed += fresh.keys.map { "\($0.label) certificates" }.sorted()
        if let changeCluster {
            changeCluster(shared.logger)
            renewed.append("cluster certificates")
        }
        for kind in ListenerKind.allCases {
            shared.addresses(kind).change(perAddress: limits.connectionsPerAddress(kind))
        }
        shared.tableLimit.store(limits.tableLimitBytes(), ordering: .relaxed)
        shared.answerSeconds.store(limits.answerSeconds, ordering: .relaxed)
        shared.drainSeconds.store(limits.drainSeconds, ordering: .relaxed)
        for lane in shared.lanes { lane.post(.limits(limits)) }
        if let ruleset, shared.change(to: ruleset) {
            renewed.append("ruleset \(ruleset.digest.hexadecimal.prefix(16))")
        }
        return renewed
    }

    /// Tells metrics what came of a reload, those too that failed before ``reload(_:)``.
    package func recordReload(isSuccessful: Bool) {
        shared.reloads.record(isSuccessful: isSuccessful, at: shared.clock.wallClock())
    }
}
