internal import Bytes
internal import Contract
internal import Ledger
internal import LockFree
internal import Projections
internal import Synchronization
internal import Time

/// Who brings the load, and where each operation is heading. Owned by the pulse's thread.
///
/// Once a second it notes what every operation has brought so far; rates and shares are
/// differences between two such notes.
struct LoadMeter {
    private let shared: Shared
    /// One a second, oldest first.
    private var notes: [Note] = []
    /// What entries waited in the last calm seconds.
    private var calm = Waits()

    /// Seconds that a forecast looks back.
    private static var forecastSeconds: Int { 30 }
    /// Seconds that the wait in calm is taken over, at most.
    private static var calmSeconds: Int { 10 }
    /// Operations that a report names where there are as many, whatever they bring.
    private static var alwaysNamed: Int { 8 }
    /// The share of the load, in permille, below which an operation that is not held is not named
    /// beyond that: so the reports of a platform of many small operations stay small.
    private static var namedPermille: Int { 5 }
    /// Milliseconds that rates and shares are taken over, at least.
    private static var minimumWindow: UInt64 { 400 }

    /// What operations have brought since the process started, by their index.
    private struct Note {
        var nanoseconds: UInt64
        var attempts: [UInt64]
        var accepted: [UInt64]
        var queueTime: [UInt64]
        var queued: [UInt64]
        var participants: [UInt32]
        var room: [RoomCount] = []
    }

    /// How long entries waited to be decided between two notes, by operation.
    private struct Waits {
        let nanoseconds: [UInt64]
        let allNanoseconds: UInt64
        private let entries: [UInt64]
        private let allEntries: UInt64

        /// - Parameter entries: that were decided: what one waited at a node before it was sent to
        ///   the leader is in the time alone.
        init(nanoseconds: [UInt64] = [], entries: [UInt64] = []) {
            self.nanoseconds = nanoseconds
            self.entries = entries
            allNanoseconds = nanoseconds.reduce(0, +)
            allEntries = entries.reduce(0, +)
        }

        /// All other operations' entries, and their mean wait in microseconds; nil without any.
        func ofOthers(than index: Int) -> (entries: Int, wait: Int?) {
            let isKnown = index < entries.count
            let others = allEntries - (isKnown ? entries[index] : 0)
            let time = allNanoseconds - (isKnown ? nanoseconds[index] : 0)
            return (Int(others), others == 0 ? nil : Int(time / others / 1_000))
        }
    }

    init(_ shared: Shared) {
        self.shared = shared
    }

    /// Notes where things stand; called once a second.
    mutating func sample() {
        notes.append(read())
        if notes.count > Self.forecastSeconds + 1 { notes.removeFirst() }
        if shared.pressure.withLock({ $0.level }) == .calm { rememberCalm() }
        forecast()
    }

    /// The waits of the last ten seconds but one: strain takes a part of a second to be noticed.
    private mutating func rememberCalm() {
        guard notes.count > 2 else { return }
        let end = notes[notes.count - 2]
        calm = waits(from: notes[max(notes.count - 2 - Self.calmSeconds, 0)], to: end)
    }

    private func waits(from then: Note, to now: Note) -> Waits {
        Waits(
            nanoseconds: differences(now.queueTime, then.queueTime),
            entries: differences(now.queued, then.queued))
    }

    private func read() -> Note {
        let count = shared.projected.catalogue.operations.count
        var note = Note(
            nanoseconds: shared.clock.monotonicNanoseconds(), attempts: [], accepted: [],
            queueTime: [], queued: [], participants: [])
        for index in 0..<UInt32(count) {
            var attempts: UInt64 = 0
            for verdict in EntryVerdict.names.indices {
                attempts += shared.instruments.verdicts(verdict, of: index)
                // Whoever sends them, they are load.
                attempts += shared.instruments.testVerdicts(verdict, of: index)
            }
            note.attempts.append(attempts)
            note.accepted.append(
                shared.instruments.verdicts(0, of: index)
                    + shared.instruments.testVerdicts(0, of: index))
            note.queueTime.append(shared.instruments.waitTime(of: index))
            note.queued.append(shared.instruments.queued(of: index))
            if shared.cluster != nil { note.room.append(shared.instruments.room(of: index)) }
            note.participants.append(shared.board.counts(of: index).participants)
        }
        return note
    }

    // MARK: Reports

    /// What the ladder is told: the level, and the operations that bring most.
    func report(_ sample: PressureSample, _ catalogue: Catalogue) -> PressureReport {
        let now = read()
        let floor = now.nanoseconds - Self.minimumWindow * 1_000_000
        let then = notes.last { $0.nanoseconds <= floor } ?? notes.first ?? now
        let window = max(Int((now.nanoseconds - then.nanoseconds) / 1_000_000), 1)
        func rate(_ count: UInt64) -> Int { Int(count) * 1_000 / window }
        var attempts = differences(now.attempts, then.attempts)
        var accepted = differences(now.accepted, then.accepted)
        var queueTime = differences(now.queueTime, then.queueTime)
        for other in sample.others {
            let scale = { (count: UInt64) in
                count * UInt64(window) / UInt64(other.windowMilliseconds)
            }
            for demand in other.demands where Int(demand.operation) < attempts.count {
                let index = Int(demand.operation)
                attempts[index] += scale(UInt64(demand.attempts))
                accepted[index] += scale(UInt64(demand.accepted))
                queueTime[index] += scale(demand.queueMicroseconds) * 1_000
            }
        }
        let waits = Waits(
            nanoseconds: queueTime, entries: differences(now.queued, then.queued))
        let allAttempts = attempts.reduce(0, +)
        let (operations, heldOperations) = (catalogue.operations, catalogue.heldOperations)
        var demands: [PressureReport.Demand] = []
        for index in attempts.indices where index < operations.count {
            guard attempts[index] > 0 || heldOperations.contains(UInt32(index)) else { continue }
            let others = waits.ofOthers(than: index)
            let withheld = shared.withheld.count(of: UInt32(index))
            demands.append(
                PressureReport.Demand(
                    operation: operations[index].id, attemptsPerSecond: rate(attempts[index]),
                    acceptedPerSecond: rate(accepted[index]),
                    queuePermille: permille(waits.nanoseconds[index], of: waits.allNanoseconds),
                    attemptsPermille: permille(attempts[index], of: allAttempts),
                    othersEntries: others.entries, othersWait: others.wait,
                    othersCalmWait: calm.ofOthers(than: index).wait,
                    withheld: withheld > 0 ? withheld : nil))
        }
        let held = Set(heldOperations.lazy.map { operations[Int($0)].id })
        return PressureReport(
            level: sample.level, figures: sample.figures,
            limits: .inForce(calmCommit: sample.figures.calmCommit),
            windowMilliseconds: window, attemptsPerSecond: rate(allAttempts),
            acceptedPerSecond: rate(accepted.reduce(0, +)),
            capacityPerSecond: sample.capacities.limit?.perSecond,
            stage: sample.capacities.limit?.stage,
            nodes: sample.others.isEmpty ? nil : sample.others.count + 1,
            operations: Self.named(of: demands, held, catalogue.policy))
    }

    /// The operations that a report names, of all that came or are held: those under a measure
    /// first, because what is decided of them rests on what they bring; then the others, which have
    /// half of the places at least; each by their shares. What the ladder would not act on, and
    /// what is held and brings nothing, only fills up the first few places.
    static func named(
        of demands: [PressureReport.Demand], _ held: Set<String>, _ policy: Policy
    ) -> [PressureReport.Demand] {
        let demands = demands.sorted { one, other in
            (other.sharePermille, one.operation) < (one.sharePermille, other.operation)
        }
        let lowest = min(namedPermille, policy.sharePermille)
        func isQuiet(_ demand: PressureReport.Demand) -> Bool {
            demand.attemptsPerSecond == 0 && demand.withheld == nil
        }
        func matters(_ demand: PressureReport.Demand) -> Bool {
            held.contains(demand.operation)
                ? !isQuiet(demand)
                : demand.sharePermille >= lowest && demand.attemptsPerSecond > policy.minimumPace
        }
        let heldOnes = demands.filter { held.contains($0.operation) && matters($0) }
        let others = demands.filter { !held.contains($0.operation) && matters($0) }
        let places = LedgerLimits.reportedOperations
        let heldPlaces = max(places / 2, places - others.count)
        let named = heldOnes.prefix(heldPlaces) + others
        let rest = demands.filter { !matters($0) && !isQuiet($0) } + demands.filter(isQuiet)
        let free = max(alwaysNamed - named.count, 0)
        return Array((named + rest.prefix(free)).prefix(places))
    }

    /// What a node that follows tells its leader of the last second.
    /// - Returns: nil where less than that was measured.
    func nodeSample(_ pressure: PressureSample) -> NodeSample? {
        guard notes.count > 1 else { return nil }
        let (then, now) = (notes[notes.count - 2], notes[notes.count - 1])
        let milliseconds = UInt32(clamping: (now.nanoseconds - then.nanoseconds) / 1_000_000)
        guard NodeSample.windows.contains(milliseconds) else { return nil }
        var sample = NodeSample(windowMilliseconds: milliseconds)
        sample.level = pressure.level
        sample.figures = pressure.figures
        let attempts = differences(now.attempts, then.attempts)
        let accepted = differences(now.accepted, then.accepted)
        let queueTime = differences(now.queueTime, then.queueTime)
        sample.add(
            attempts.indices.lazy.filter { attempts[$0] > 0 }.map { index in
                NodeSample.Demand(
                    operation: UInt32(index), attempts: UInt32(clamping: attempts[index]),
                    accepted: UInt32(clamping: accepted[index]),
                    queueMicroseconds: queueTime[index] / 1_000,
                    answers: room(index, now, then))
            })
        return sample
    }

    private func room(_ index: Int, _ now: Note, _ then: Note) -> RoomCount {
        guard index < now.room.count else { return RoomCount() }
        return now.room[index].since(index < then.room.count ? then.room[index] : RoomCount())
    }

    /// An operation that came after the earlier note began with nothing.
    private func differences(_ now: [UInt64], _ then: [UInt64]) -> [UInt64] {
        now.indices.map { now[$0] - ($0 < then.count ? then[$0] : 0) }
    }

    private func permille(_ part: UInt64, of whole: UInt64) -> Int {
        whole == 0 ? 0 : Int(Double(part) / Double(whole) * 1_000)
    }

    /// Attempts a second of the operations that had any, by their index.
    private func rates(_ now: Note, _ then: Note, _ window: Int64) -> [UInt32: Double] {
        var rates: [UInt32: Double] = [:]
        for index in then.attempts.indices where now.attempts[index] > then.attempts[index] {
            let count = now.attempts[index] - then.attempts[index]
            rates[UInt32(index)] = Double(count) * 1_000 / Double(max(window, 1))
        }
        return rates
    }

    // MARK: Forecasts

    private func forecast() {
        guard let now = notes.last, let then = notes.first, notes.count > 1 else { return }
        let window = Int64((now.nanoseconds - then.nanoseconds) / 1_000_000)
        let time = shared.ledgerTime
        let operations = shared.projected.catalogue.operations
        var forecasts: [UInt32: Forecast] = [:]
        for index in then.participants.indices
        where now.participants[index] != then.participants[index] {
            let participants = now.participants[index]
            forecasts[UInt32(index)] = Forecast(
                participants: participants, cover: operations[index].cover,
                arrived: participants - then.participants[index], window: window, at: time)
        }
        shared.forecasts.replace(by: forecasts, attemptsPerSecond: rates(now, then, window))
    }
}
