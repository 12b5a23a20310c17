package import LockFree
package import Sockets
internal import Synchronization
internal import Threads

/// Takes other nodes' links, on a thread of its own: hears where they are, and tells them that this
/// node lives and where it is, ten times a second. While this node leads, entries come over links,
/// and their answers go back; and whoever leads, nodes that lack batches get them. It listens from
/// the start to the end of the process.
package final class LinkServer: Sendable {
    private let status: ClusterStatus
    private let trust: LinkTrust
    private let thread = StoppableThread()
    /// Wakes the thread.
    private let bell: Doorbell
    /// Nil where this node has no journal on disk.
    private let batches: BatchDesk?
    private let isNewsDue = Atomic<Bool>(false)
    private let lent = Mutex<Lent?>(nil)
    /// Whether no more entries are to be taken, and whether all that were are answered.
    private let isEnding = Atomic<Bool>(false)
    private let hasEnded = Atomic<Bool>(false)

    /// Where entries and changes go.
    private struct Lent: Sendable {
        let entries: any LinkedEntries
        let commands: (any LinkedCommands)?
    }

    /// How long those that were taken are waited for.
    private static var endSeconds: Double { 1 }

    /// - Parameter journal: the folder with this node's segments, of which nodes that lack batches
    ///   get them; nil where it has none.
    /// - Throws: `DoorbellError` where the machine has no descriptor for it.
    package init(
        _ status: ClusterStatus, _ trust: LinkTrust, journal: String? = nil
    ) throws(DoorbellError) {
        self.status = status
        self.trust = trust
        let bell = try Doorbell()
        self.bell = bell
        batches = journal.map { BatchDesk($0, status, bell) }
    }

    /// - Throws: ``SystemError`` where the machine has no descriptor for it; `ThreadFailure`.
    package func start(_ listener: consuming Listener) throws {
        let handover = Handover(try Links(listener, status, trust, bell, batches))
        try thread.start(name: "links") { [self] in
            var links = handover.receive()
            while !thread.isStopping {
                if !links.hasEntries, let lent = lent.withLock({ $0 }) {
                    links.lend(lent.entries, lent.commands)
                }
                if isEnding.load(ordering: .acquiring), links.endEntries() {
                    hasEnded.store(true, ordering: .releasing)
                }
                links.turn(isNewsDue) { lent.withLock { $0 != nil } }
            }
        }
    }

    /// Tells all nodes at once what this one has to say.
    package func tell() {
        isNewsDue.store(true, ordering: .releasing)
        bell.ring()
    }

    /// Entries may come from now on, and changes where `commands` are given. The lanes are the
    /// thread's of the links until it has ended.
    package func lend(_ entries: any LinkedEntries, _ commands: (any LinkedCommands)? = nil) {
        lent.withLock { $0 = Lent(entries: entries, commands: commands) }
        bell.ring()
    }

    /// Takes no more entries. Those that were taken are answered before this returns, or a second
    /// has passed.
    package func endEntries() {
        guard lent.withLock({ $0 != nil }) else { return }
        isEnding.store(true, ordering: .releasing)
        bell.ring()
        let limit = Waiting(seconds: Self.endSeconds)
        while !hasEnded.load(ordering: .acquiring), !limit.isOver {
            Waiting(seconds: 0.001).pass()
        }
    }

    /// Closes all links: the other nodes see at once that this one is gone.
    package func stop() {
        thread.stop { bell.ring() }
        batches?.stop()
    }

    private final class Handover: @unchecked Sendable {
        // `@unchecked Sendable`: stored before the thread starts, received once, by that thread.
        private var links: Links?

        init(_ links: consuming Links) { self.links = consume links }

        func receive() -> Links {
            guard let received = links.take() else { preconditionFailure("received once") }
            return received
        }
    }
}
