internal import CLinux
internal import LockFree
internal import Log
internal import Logging
internal import Projections
internal import Synchronization
internal import Threads
internal import Time

/// The thread that sends events to those who follow. It alone knows who follows and how far each
/// has been sent (``EventFollowers``), and waits for nothing but its bell: files are read, and the
/// status is made, on threads of the control side.
final class EventDispatcher: Sendable {
    private let shared: Shared
    private let control: Control
    /// The last record before this process's first.
    private let record: UInt64
    private let thread = StoppableThread()

    private static var beatNanoseconds: UInt64 { 1_000_000_000 }
    /// Segments of the log whose events the memory is given: the newest, and one before it, where
    /// it has been begun a moment ago.
    private static var recentSegments: Int { 2 }

    init(_ shared: Shared, _ control: Control, after record: UInt64) {
        self.shared = shared
        self.control = control
        self.record = record
    }

    func start() throws(StartError) {
        try thread.start(as: "events") { self.run() }
    }

    /// Ends the thread; the loops have ended all streams.
    func stop() {
        thread.stop { shared.events.bell.ring() }
    }

    private var isStopping: Bool { thread.isStopping }

    // MARK: The thread

    private func run() {
        // Refused, it is only less polite.
        _ = linux_take_short_turns(10)
        let feed = shared.events
        var followers = EventFollowers(
            after: record, journal: control.exports.journal,
            streamBytes: shared.limits.streamBytes
        ) { feed.wake() }
        var nextBeat: UInt64 = 0
        while !isStopping {
            // In this order: what was published by then is in the feed once all is projected.
            let published = shared.publishedRecords.load(ordering: .acquiring)
            let isProjected = shared.projection.isIdle
            let work = feed.drain(remembering: followers.remembered)
            meet(followers.turn(work, published: isProjected ? published : 0))
            let now = shared.clock.monotonicNanoseconds()
            if !followers.isEmpty, now >= nextBeat {
                meet(followers.beat())
                nextBeat = now + Self.beatNanoseconds
            }
            feed.bell.prepareToSleep()
            if !feed.hasWork, !isStopping {
                feed.bell.wait(
                    timeoutNanoseconds: followers.isEmpty ? nil : Int64(nextBeat - now))
            }
            feed.bell.wokeUp()
        }
    }

    private func meet(_ needs: [EventFollowers.Need]) {
        for need in needs {
            switch need {
            case .status:
                Task(executorPreference: control.executors[.request]) { self.makeStatus() }
            case .recentEvents(let end):
                Task(executorPreference: control.executors.long) {
                    await self.readRecent(upTo: end)
                }
            case .piece(let past, let end, let follower):
                Task(executorPreference: control.executors.long) {
                    self.read(past, upTo: end, for: follower)
                }
            }
        }
    }

    // MARK: Other threads

    private func makeStatus() {
        guard case .content(let status) = ReadingHandlers(control).status() else { return }
        shared.events.setStatus(status.body)
    }

    private func read(_ past: PastEvents, upTo end: UInt64, for follower: UInt64) {
        var piece: PastEvents.Piece?
        do {
            piece = try past.next(upTo: end, shared.projected.catalogue)
        } catch {
            warn(error)
        }
        shared.events.add(EventFeed.PieceRead(follower: follower, piece: piece))
    }

    /// Reads the last events before this process began, once for all who come back after it.
    private func readRecent(upTo end: UInt64) async {
        var recent = EventFeed.RecentEvents(start: end, end: end)
        do {
            let segments = try LogReader.segments(in: control.exports.journal)
                .filter { $0.firstSequence <= end }
            if let first = segments.suffix(Self.recentSegments).first {
                recent = EventFeed.RecentEvents(
                    start: first.firstSequence - 1, end: first.firstSequence - 1)
                try await read(&recent, upTo: end)
            }
        } catch {
            warn(error)
        }
        shared.events.add(recent)
    }

    private func read(_ recent: inout EventFeed.RecentEvents, upTo end: UInt64) async throws {
        let past = PastEvents(journal: control.exports.journal, after: recent.start)
        while recent.end < end, !isStopping {
            let piece = try past.next(upTo: end, shared.projected.catalogue)
            recent.end = piece.end
            recent.events += piece.events
            let surplus = recent.events.count - EventMemory.maximumEvents
            if surplus > 0 {
                recent.start = recent.events[surplus - 1].record
                recent.events.removeFirst(surplus)
            }
            // Others' turns first.
            await Task.yield()
        }
    }

    private func warn(_ error: any Error) {
        shared.logger.warning(
            "cannot read events from the journal; their readers are cut",
            metadata: ["reason": "\(error)"])
    }
}
