/// The control side's threads. Each kind of work has its own, so that a long report holds up
/// neither a measure nor a scrape, and those wait for the processor before it.
struct ControlExecutors: Sendable {
    private let measures: ControlExecutor
    private let scrapes: ControlExecutor
    private let requests: ControlExecutor
    private let reports: ControlExecutor
    /// Files that are written and synced before a reset or deletion: where the disk hangs with
    /// them, dossiers are read all the same.
    let exports: ControlExecutor
    /// What takes the operations' secrets (``VaultDesk``), leaves of the key trees among them,
    /// which entries depend on.
    let vault: ControlExecutor
    /// The pieces of long answers: one at a time, so that what they take does not add up.
    let long: ControlExecutor

    /// - Throws: ``StartError`` where the system starts no thread.
    init() throws(StartError) {
        measures = try ControlExecutor(name: "measures", threads: 1, niceness: 0)
        scrapes = try ControlExecutor(name: "scrapes", threads: 1, niceness: 10)
        requests = try ControlExecutor(name: "requests", threads: 2, niceness: 10)
        reports = try ControlExecutor(name: "reports", threads: 2, niceness: 15)
        exports = try ControlExecutor(name: "exports", threads: 2, niceness: 15)
        vault = try ControlExecutor(name: "vault", threads: 1, niceness: 0)
        long = try ControlExecutor(name: "long", threads: 1, niceness: 10)
    }

    /// Those of a kind of work.
    subscript(work: ControlWork) -> ControlExecutor {
        switch work {
        case .measure: measures
        case .scrape: scrapes
        // What a stream is sent has a thread of its own.
        case .request, .stream: requests
        case .report: reports
        }
    }

    /// Ends the threads; no task is left.
    func stop() {
        let all = [measures, scrapes, requests, reports, exports, vault, long]
        for executor in all { executor.stop() }
    }
}
