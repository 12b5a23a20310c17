internal import Availability
internal import CLinux
internal import Ledger
internal import LockFree
internal import Projections
internal import Threads
internal import Time

/// Makes the public status anew where it may have changed, and hands it to the public loops: each
/// minute, and within two seconds of a record.
///
/// So a request costs what a file costs, however many ask and whatever is on record.
final class StatusPublisher: Sendable {
    private let shared: Shared
    private let stopBell: Doorbell
    private let thread = StoppableThread()

    private static var intervalNanoseconds: Int64 { 2_000_000_000 }
    private static var niceness: Int32 { 19 }

    init(_ shared: Shared) throws {
        self.shared = shared
        stopBell = try Doorbell()
    }

    func start() throws(StartError) {
        try thread.start(as: "status") { self.run() }
    }

    func stop() {
        thread.stop { stopBell.ring() }
    }

    private func run() {
        // A failure of it costs a little of the entries' latency, and nothing else.
        _ = linux_take_short_turns(Self.niceness)
        var source = StatusSource()
        while !thread.isStopping {
            if let pages = source.next(of: shared.projected, at: shared.ledgerTime) {
                post(pages)
            }
            stopBell.prepareToSleep()
            if !thread.isStopping {
                stopBell.wait(timeoutNanoseconds: Self.intervalNanoseconds)
            }
            stopBell.wokeUp()
        }
    }

    /// Hands over what is so now: before the first request.
    func publish() {
        var source = StatusSource()
        if let pages = source.next(of: shared.projected, at: shared.ledgerTime) { post(pages) }
    }

    private func post(_ pages: StatusPages) {
        for lane in shared.workerLanes { lane.post(.status(pages)) }
    }
}

/// The public status as it changes.
struct StatusSource {
    private var last: (state: ProjectedState, minute: Minute)?
    private var pages: StatusPages?

    /// - Returns: nil where it says what it said before.
    mutating func next(of state: ProjectedState, at now: Timestamp) -> StatusPages? {
        let minute = Minute(containing: now)
        if let last, last.state === state, last.minute == minute { return nil }
        last = (state, minute)
        let reader = StatusReader(state.catalogue, at: now)
        let made = StatusPages(reader.statusOfAll(), reader.plannedForAll(), at: now)
        if let pages, pages.equals(made) { return nil }
        pages = made
        return made
    }
}
