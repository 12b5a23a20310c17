internal import Cluster
internal import Logging
internal import Synchronization
internal import Time

/// Whether the engine's members sync what is written: a leader finds out once a minute, by a small
/// value that it writes, on a thread for reports. Whoever asks is shown what was found last.
///
/// What is wrong with the engine is logged by each node when it starts, and by a leader when it
/// begins and when it is over (``EngineFindings``).
final class EngineProbe: Sendable {
    /// What one probe found.
    struct Finding: Sendable {
        /// By URL; a member whose metrics do not say is not among them.
        var hasSynced: [String: Bool] = [:]
        let at: Timestamp
    }

    private let configuration: ClusterConfiguration
    private let stored = Mutex<Finding?>(nil)
    /// What is in the log of this process as wrong.
    private let said = Mutex<Set<EngineFindings.Finding>>([])

    private static var periodSeconds: Double { 60 }
    /// In which members that lag have to sync what was written.
    private static var syncSeconds: Double { 1 }
    private static var lookSeconds: Double { 0.05 }

    init(_ configuration: ClusterConfiguration) {
        self.configuration = configuration
    }

    /// Nil before the first one: at a node that has not led.
    var last: Finding? { stored.withLock { $0 } }

    /// Looks once, without writing anything, and logs what is wrong.
    func checkAtStart(_ control: Control) {
        Task(executorPreference: control.executors[.report]) { self.say(control.shared) }
    }

    /// Probes from now on, until the process ends.
    func begin(_ control: Control) {
        Task(executorPreference: control.executors[.report]) {
            while !control.shared.isDraining {
                if let found = self.look() {
                    self.stored.withLock { $0 = found }
                    control.shared.engine.unsyncedMembers = found.hasSynced.count { !$0.value }
                }
                self.say(control.shared)
                // It throws where the task is cancelled, and nothing cancels it.
                try? await Task.sleep(for: .seconds(Self.periodSeconds))
            }
        }
    }

    /// Logs what is wrong and was not, and what is wrong no more.
    private func say(_ shared: Shared) {
        let view = EngineSurvey(configuration, last).run()
        let found = Set(EngineFindings(view).all)
        // Of a member that does not answer nobody knows whether that is over.
        let isWhole = view.members.allSatisfy { $0.failure == nil }
        let (new, over) = said.withLock { said in
            let new = found.subtracting(said)
            let over = isWhole ? said.subtracting(found) : []
            said = said.subtracting(over).union(found)
            return (new, over)
        }
        // In order, for whoever reads them.
        for finding in new.sorted(by: { $0.text < $1.text }) {
            shared.logger.log(
                level: finding.isError ? .error : .warning, "the cluster's etcd: \(finding.text)")
        }
        for finding in over.sorted(by: { $0.text < $1.text }) {
            shared.logger.notice("the cluster's etcd, over: \(finding.text)")
        }
    }

    /// Writes a small value, and looks whether each member synced its log afterwards.
    /// - Returns: nil where no member says how often it syncs, or the value was not stored.
    private func look() -> Finding? {
        var before: [(endpoint: EtcdEndpoint, syncs: Double)] = []
        for endpoint in configuration.endpoints {
            guard let syncs = EngineMetrics(of: endpoint, configuration)?.syncs else { continue }
            before.append((endpoint, syncs))
        }
        guard !before.isEmpty, write() else { return nil }
        var finding = Finding(at: SystemClock.wallClock())
        let limit = Waiting(seconds: Self.syncSeconds)
        while true {
            for (endpoint, earlier) in before where finding.hasSynced["\(endpoint)"] != true {
                guard let now = EngineMetrics(of: endpoint, configuration)?.syncs else { continue }
                finding.hasSynced["\(endpoint)"] = now > earlier
            }
            let isComplete = before.allSatisfy { finding.hasSynced["\($0.endpoint)"] == true }
            if isComplete || limit.isOver { return finding }
            Waiting(seconds: Self.lookSeconds).pass()
        }
    }

    /// - Returns: whether the engine has stored it.
    private func write() -> Bool {
        var engine = configuration.makeEngine()
        let value = Array(String(SystemClock.wallClock().milliseconds).utf8)
        do throws(ReplicatedLogError) {
            // A span of an array's elements, lent for the call.
            unsafe try engine.put("survey", value.span.bytes)
            return true
        } catch {
            return false
        }
    }
}
