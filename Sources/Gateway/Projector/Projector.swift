internal import Evidence
internal import Ledger
internal import LockFree
internal import Projections
internal import Synchronization

/// The thread that owns the write side of every projection: the views that readers share, the
/// loops' directories, and the completions of what operators asked for.
///
/// A completion leaves last. So whoever learns that a key was made can use it on every loop, and
/// reads it in every view.
struct Projector: ~Copyable, Sendable {
    private let shared: Shared
    private var projections: Projections
    private var directories: LoopDirectories
    private var events: EventLog
    /// Nil for a gateway that is alone: its operations come with their keys.
    private var lacking: LackingKeys?
    /// What the turn found for those who follow events.
    private var found: [StreamedEvent] = []
    /// How often what is to be sent to webhooks had changed when that was said last.
    private var webhookChanges = 0

    /// Posts to the loops what was recovered: they read it before their first request.
    /// - Parameters:
    ///   - projections: what ``Shared/projected`` shows now.
    ///   - keys: of every operation that stands, by its index.
    ///   - vault: of a node of a cluster, in place of them: where keys are read as they are needed.
    ///   - acceptsMissingKeys: whether a person has accepted that some are not there.
    init(
        shared: Shared, projections: Projections, keys: [UInt32: OperationKeys],
        reading vault: SharedVault? = nil, acceptsMissingKeys: Bool = false
    ) {
        self.shared = shared
        lacking = vault.map {
            LackingKeys(
                of: projections.catalogue, from: $0, acceptsMissing: acceptsMissingKeys,
                shared.logger)
        }
        // Before the sequencer's thread starts: with an office it waits until there are none.
        shared.lackingKeys.store(lacking?.count ?? 0, ordering: .releasing)
        self.projections = projections
        directories = LoopDirectories(shared.workerLanes, keys: keys)
        events = EventLog(shared.logger)
        directories.postAll(of: projections.catalogue)
    }

    /// Projects until the queue is closed and empty.
    mutating func run() {
        let queue = shared.projection
        while true {
            if turn() > 0 { continue }
            if queue.isClosed && !queue.hasWork { return }
            readKeys()
            queue.bell.prepareToSleep()
            if !queue.hasWork && !queue.isClosed {
                let isLacking = (lacking?.count ?? 0) > 0
                queue.bell.wait(
                    timeoutNanoseconds: isLacking ? LackingKeys.retryNanoseconds : nil)
            }
            queue.bell.wokeUp()
        }
    }

    /// Reads keys that are lacking as long as some come, and nothing else waits.
    private mutating func readKeys() {
        guard lacking != nil else { return }
        defer { shared.lackingKeys.store(lacking?.count ?? 0, ordering: .releasing) }
        while let found = lacking?.read(projections.catalogue), !found.isEmpty {
            for (operation, keys) in found {
                directories.add(keys, of: operation)
                directories.post(operation, projections.catalogue)
            }
            shared.lackingKeys.store(lacking?.count ?? 0, ordering: .releasing)
            if shared.projection.hasWork { return }
        }
    }

    /// Projects everything that waits, without sleeping.
    /// - Returns: how many batches that was.
    mutating func turn() -> Int {
        let batches = shared.projection.drain()
        guard !batches.isEmpty else { return 0 }
        for published in batches { project(published) }
        // One state for all of them: readers force one copy a turn, not one a record.
        if batches.contains(where: { !$0.batch.records.isEmpty }) {
            shared.publish(projections.state)
        }
        // Behind the views: whoever is sent an event finds what it tells of.
        let last = batches.last { !$0.batch.records.isEmpty }?.batch.records.last
        if let last { shared.events.publish(found, upTo: last.sequence) }
        found = []
        if projections.webhookChanges != webhookChanges {
            webhookChanges = projections.webhookChanges
            shared.webhooks.change()
        }
        if lacking != nil {
            lacking?.removeRetired(projections.catalogue)
            shared.lackingKeys.store(lacking?.count ?? 0, ordering: .relaxed)
        }
        // An operation that was made through this node can be used by it when that is answered.
        let isAwaited = batches.contains { batch in
            batch.completions.contains { completion in
                completion.madeOperation.map { !directories.hasKeys(of: $0) } ?? false
            }
        }
        if isAwaited { readKeys() }
        shared.projection.finish(batches)
        for published in batches {
            for completion in published.completions { completion.finish() }
        }
        return batches.count
    }

    private mutating func project(_ published: PublishedBatch) {
        for completion in published.completions {
            guard let keys = completion.newKeys, let operation = completion.madeOperation
            else { continue }
            directories.add(keys, of: operation)
        }
        for record in published.batch.records {
            let before =
                published.isOwn
                ? EventLog.settings(before: record, projections.catalogue) : nil
            let change = projections.apply(record, of: published.batch)
            if published.isOwn { events.log(record, changing: before, projections.catalogue) }
            let event = StreamedEvent(
                record.content, record: record.sequence, at: published.batch.time,
                projections.catalogue)
            if let event { found.append(event) }
            if let change {
                if change.makesOperation, let operation = change.operation,
                    !directories.hasKeys(of: operation)
                {
                    lacking?.add(operation)
                }
                directories.apply(change, projections.catalogue)
            } else if case .event(let event) = record.content {
                directories.apply(event, projections.catalogue)
            }
        }
    }
}
