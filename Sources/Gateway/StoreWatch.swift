internal import Availability
internal import Files
internal import Ledger
internal import LockFree
internal import Logging
internal import Projections
internal import Threads
internal import Time
internal import Vault

/// Looks four times a second whether the data folder is still what the gateway was started on. A
/// log that was removed, renamed, replaced or cut takes entries that no later start would find.
///
/// While something is missing, the gateway is not ready and acknowledges nothing. Where a folder
/// comes back as it was, so does the gateway: nothing was stored meanwhile; but for a file that was
/// cut, whose contents only a start reads.
///
/// A master key's file that no longer holds the key is reported; entries go on, by the key in
/// memory.
///
/// It notes stops of the journal for the next start, too (``StopNote``): it may wait for a disk.
final class StoreWatch: Sendable {
    private let shared: Shared
    private let stopBell: Doorbell
    private let thread = StoppableThread()
    private let data: String
    /// Whether the gateway is alone.
    private let keepsKeys: Bool
    /// The file of the master key; nil for a credential, which is its supervisor's care.
    private let masterKey: String?

    private static var intervalNanoseconds: Int64 { 250_000_000 }

    init(_ shared: Shared, _ configuration: Gateway.Configuration) throws {
        self.shared = shared
        data = configuration.data
        // A cluster's are not in the data folder.
        keepsKeys = configuration.cluster == nil
        masterKey = configuration.masterKeyIsGuarded ? nil : configuration.masterKey
        stopBell = try Doorbell()
    }

    func start() throws(StartError) {
        let watched: Watched
        do {
            watched = Watched(
                store: try WatchedStore(
                    data: data, keepsKeys: keepsKeys, standing: standingKeys),
                masterKey: try masterKey.map { path throws(KeyVaultError) in
                    try WatchedMasterKey(path)
                }, stops: openStops())
        } catch {
            throw .file("\(error)")
        }
        let handover = ThreadHandover(watched)
        try thread.start(as: "store") { self.run(handover.receive()) }
    }

    /// What the thread looks at.
    private struct Watched: ~Copyable, Sendable {
        var store: WatchedStore
        var masterKey: WatchedMasterKey?
        /// Nil in a cluster, whose other nodes know of a stop, and where there can be no such file.
        var stops: StopFile?
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

    private func run(_ watched: consuming Watched) {
        var watched = watched
        while !thread.isStopping {
            record(watched.store.finding(standing: standingKeys))
            record(masterKey: watched.masterKey?.finding())
            note(in: &watched.stops)
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

    private func record(masterKey finding: String?) {
        let health = shared.health
        guard (finding != nil) != health.isMasterKeyLost else { return }
        health.isMasterKeyLost = finding != nil
        if let finding {
            shared.logger.critical(
                """
                the master key is no longer where the next start looks for it; entries go on until \
                then: put the same key back before the gateway is stopped
                """, metadata: ["found": "\(finding)"])
        } else {
            shared.logger.notice("the master key is back where a start looks for it")
        }
    }

    // MARK: Stops of the journal

    private func openStops() -> StopFile? {
        guard keepsKeys else { return nil }
        do throws(FileError) {
            return try StopFile(in: data)
        } catch {
            warn(of: error)
            return nil
        }
    }

    private func note(in stops: inout StopFile?) {
        guard var file = stops.take() else {
            // No note is possible: nobody waits for one.
            shared.health.isStopNoted = true
            return
        }
        let now = shared.ledgerTime
        let reasons = shared.health.storageReasons(at: shared.clock.monotonicNanoseconds())
        let due = StopNote.due(after: file.note, reasons, at: now) { stop in
            let register = shared.projected.catalogue.service.records.incidents
            return IncidentRules.order(stop, register, at: now) == nil
        }
        let hasFailed = file.isUncertain
        do throws(FileError) {
            try file.keep(due)
        } catch {
            // Once: the next look tries again.
            if !hasFailed { warn(of: error) }
        }
        // One that is over, and not on record yet, does not tell of the stop that begins.
        shared.health.isStopNoted = file.note?.isOpen == true
        stops = consume file
    }

    private func warn(of error: FileError) {
        shared.logger.warning(
            """
            cannot note stops of the journal for the next start: of one that ends with a restart, \
            open the incident by hand
            """, metadata: ["reason": "\(error)"])
    }
}
