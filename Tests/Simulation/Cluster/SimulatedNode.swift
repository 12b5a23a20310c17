import Log

/// A node of a simulated cluster: what outlives its processes, and what may happen to it.
final class SimulatedNode {
    let place: Int
    let name: String
    let address: String
    let clock: NodeClock
    let disk: NodeDisk
    private(set) var process: NodeProcess?
    var isCutFromEngine = false
    /// Whether front ends send it only what it has answered before.
    var getsRepeatsOnly = false
    /// Whether the machine is without power.
    private(set) var isDark = false
    /// Whether its journal is to be copied from another node before it starts again.
    var needsCopy = false
    private unowned let cluster: SimulatedCluster
    private var isPaused = false
    /// What has come while it stood still.
    private var deferred: [() -> Void] = []

    init(_ cluster: SimulatedCluster, _ place: Int) throws {
        self.cluster = cluster
        self.place = place
        name = ["a", "b", "c"][place]
        address = "127.0.0.1:\(8_001 + place)"
        clock = NodeClock(cluster.world)
        disk = try NodeDisk()
    }

    /// Does something that a process of this node does, at once or when the node goes on.
    func perform(_ action: @escaping () -> Void) {
        if isPaused { deferred.append(action) } else { action() }
    }

    func pause() { isPaused = true }

    /// Goes on; the same where it does already.
    func goOn() {
        isPaused = false
        while !isPaused, !deferred.isEmpty { deferred.removeFirst()() }
    }

    // MARK: Processes

    /// The run is over: nothing holds a process any more.
    func releaseProcess() {
        process = nil
        deferred = []
    }

    /// Starts a process where none runs.
    func start() {
        guard process?.life.hasEnded ?? true else { return }
        isDark = false
        do {
            if needsCopy { try cluster.copyJournal(to: self) }
            needsCopy = false
            process = nil
            let started = try NodeProcess(cluster, self)
            process = started
            try started.start()
        } catch {
            cluster.judge.violate("node \(name) does not start: \(error)")
        }
    }

    /// Ends the process, or the machine with all that is not synced.
    func kill(machine: Bool) {
        guard let process, !process.life.hasEnded else { return }
        process.stop(isSilent: machine)
        goOn()
        guard machine else { return }
        isDark = true
        do {
            try disk.loseUnsynced()
        } catch {
            cluster.judge.violate("node \(name) has lost its journal: \(error)")
        }
    }
}
