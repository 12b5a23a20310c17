internal import Cluster
internal import Synchronization
internal import Time

/// Whether the engine's members sync what is written: a leader finds out once a minute, by a small
/// value that it writes, on a thread for reports. Whoever asks is shown what was found last.
final class EngineProbe: Sendable {
    /// What one probe found.
    struct Finding: Sendable {
        /// By URL; a member whose metrics do not say is not among them.
        var hasSynced: [String: Bool] = [:]
        let at: Timestamp
    }

    private let configuration: ClusterConfiguration
    private let stored = Mutex<Finding?>(nil)

    private static var periodSeconds: Double { 60 }
    /// In which members that lag have to sync what was written.
    private static var syncSeconds: Double { 1 }
    private static var lookSeconds: Double { 0.05 }

    init(_ configuration: ClusterConfiguration) {
        self.configuration = configuration
    }

    /// Nil before the first one: at a node that has not led.
    var last: Finding? { stored.withLock { $0 } }

    /// Probes from now on, until the process ends.
    func begin(_ control: Control) {
        Task(executorPreference: control.executors[.report]) {
            while !control.shared.isDraining {
                if let found = self.look() { self.stored.withLock { $0 = found } }
                // It throws where the task is cancelled, and nothing cancels it.
                try? await Task.sleep(for: .seconds(Self.periodSeconds))
            }
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
