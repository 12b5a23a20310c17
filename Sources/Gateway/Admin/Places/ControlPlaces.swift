internal import Synchronization

/// The places of the control side: ``ControlShares`` that the admin loop takes from and the control
/// side's threads give back to. Touched twice a request, so a lock will do.
final class ControlPlaces: Sendable {
    private let state: Mutex<State>

    private struct State {
        var shares: ControlShares
        /// By kind of work, then by reason.
        var refusals: [[UInt64]]
    }

    init(_ limits: Limits) {
        let none = [UInt64](repeating: 0, count: ControlRefusal.allCases.count)
        state = Mutex(
            State(
                shares: ControlShares(limits),
                refusals: ControlWork.allCases.map { _ in none }))
    }

    /// A place for a request of this kind.
    /// - Throws: ``ControlRefusal`` where there is none; it is counted.
    func begin(
        _ work: ControlWork, by holder: TokenHolder
    ) throws(ControlRefusal) -> ControlPlace {
        let refusal = state.withLock { state in
            let refusal = state.shares.begin(work, by: holder)
            if let refusal { state.refusals[work.rawValue][refusal.rawValue] += 1 }
            return refusal
        }
        if let refusal { throw refusal }
        return ControlPlace(work, holder, of: self)
    }

    fileprivate func end(_ work: ControlWork, by holder: TokenHolder) {
        state.withLock { $0.shares.end(work, by: holder) }
    }

    func inProgress(_ work: ControlWork) -> Int {
        state.withLock { $0.shares.inProgress(work) }
    }

    /// Requests that got no place since the process started.
    func refusals(_ work: ControlWork, _ reason: ControlRefusal) -> UInt64 {
        state.withLock { $0.refusals[work.rawValue][reason.rawValue] }
    }
}

/// One request's place. It ends once: by ``end()``, or with its last reference.
final class ControlPlace: Sendable {
    let work: ControlWork
    private let holder: TokenHolder
    private let places: ControlPlaces
    private let hasEnded = Atomic<Bool>(false)

    fileprivate init(_ work: ControlWork, _ holder: TokenHolder, of places: ControlPlaces) {
        self.work = work
        self.holder = holder
        self.places = places
    }

    deinit { end() }

    /// Gives the place back. Any thread may, more than once.
    func end() {
        if hasEnded.exchange(true, ordering: .relaxed) { return }
        places.end(work, by: holder)
    }
}
