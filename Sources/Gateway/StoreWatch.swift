internal import Files
internal import Ledger
internal import LockFree
internal import Logging
internal import Projections
internal import Threads

/// Looks four times a second whether the data folder is still what the gateway was started on. A
/// log that was removed, renamed or replaced takes entries that no later start would find.
///
/// While something is missing, the gateway is not ready and acknowledges nothing. Where a folder
/// comes back as it was, so does the gateway: nothing was stored meanwhile.
final class StoreWatch: Sendable {
    private let shared: Shared
    private let stopBell: Doorbell
    private let thread = StoppableThread()
    private let data: String
    private let keepsKeys: Bool

    private static var intervalNanoseconds: Int64 { 250_000_000 }

    /// - Parameter keepsKeys: false in a cluster, whose keys are not in the data folder.
    init(_ shared: Shared, data: String, keepsKeys: Bool) throws {
        self.shared = shared
        self.data = data
        self.keepsKeys = keepsKeys
        stopBell = try Doorbell()
    }

    func start() throws(StartError) {
        let store: WatchedStore
        do {
            store = try WatchedStore(data: data, keepsKeys: keepsKeys, standing: standingKeys)
        } catch {
            throw .file("\(error)")
        }
        let handover = ThreadHandover(store)
        try thread.start(as: "store") { self.run(handover.receive()) }
    }

    func stop() {
        thread.stop { stopBell.ring() }
    }

    /// The keys of operations that stand. A key's file is on disk before its operation is known,
    /// and is destroyed after it is known no more.
    private func standingKeys() -> Set<String> {
        let catalogue = shared.projected.catalogue
        return Set(catalogue.standing.map { catalogue.operations[Int($0)].dataKeyID })
    }

    private func run(_ store: consuming WatchedStore) {
        var store = store
        while !thread.isStopping {
            record(store.finding(standing: standingKeys))
            stopBell.prepareToSleep()
            if !thread.isStopping {
                stopBell.wait(timeoutNanoseconds: Self.intervalNanoseconds)
            }
            stopBell.wokeUp()
        }
    }

    private func record(_ finding: String?) {
        let health = shared.health
        guard (finding != nil) != health.isStoreLost else { return }
        health.isStoreLost = finding != nil
        if let finding {
            shared.logger.critical(
                """
                the data folder was changed under the running gateway; refusing entries: put it \
                back as it was, or stop the gateway and restore it from a backup
                """, metadata: ["found": "\(finding)", "data": "\(data)"])
        } else {
            shared.logger.notice(
                "the data folder is back; storing entries again", metadata: ["data": "\(data)"])
        }
    }
}
