internal import Ledger
internal import Logging
internal import Projections
internal import Time

/// Puts on record what was counted of robots and load tests: for each operation with any, one fact
/// a minute at most (C6). Owned by the pulse's thread.
///
/// A minute is one of the ledger's time. A flood does not fill the log: a minute of an operation is
/// one record, whatever came, and of very many operations at once those with most robots are
/// recorded, while the others' minutes go on. A node of a cluster that follows keeps what it has
/// counted itself: with its office that goes on record.
///
/// A second costs what changed in it: of ten thousand operations that nobody enters, nothing is
/// read but a few hundred marks.
struct RobotRecorder {
    private let shared: Shared
    private var cells: RobotCountsReader
    private var attempts: AttemptsReader
    /// The operations with robots since their minute began.
    private var open: [UInt32: OpenRobotMinute] = [:]
    /// The operations that entries came to since their minute began, with robots or without.
    private var busy: Set<UInt32> = []
    /// Those whose minute is not shown as it is by now, the longest first.
    private var changed = ChangedOperations()
    /// What weights had been counted when the operation's minute began.
    private var weightsBefore: [UInt32: [UInt64]] = [:]
    /// When the minute of the operations without robots began; nil before the first turn.
    private var since: Timestamp?
    /// Facts that have been made, and are handed over some at a time.
    private var waiting: ArraySlice<Waiting> = []
    /// What the last turn had to do: cells that were read, operations whose attempts were, and
    /// minutes that were put together to be shown.
    var work: (cells: Int, operations: Int, shown: Int) {
        (cells.looked, attempts.looked, shownCount)
    }
    private var shownCount = 0
    /// What was left out by the last warning.
    private var leftOut: UInt64 = 0

    private struct Waiting {
        /// The operation's index: by then its name may be another's.
        let operation: UInt32
        let minute: RobotMinute
    }

    private static var minuteMilliseconds: Int64 { 60_000 }
    /// Facts that are handed over in one second.
    static var factsAtOnce: Int { 16 }
    /// Operations whose minute ends at once: so many facts are handed over within a minute.
    static var factsOfMinute: Int { factsAtOnce * 50 }

    init(_ shared: Shared) {
        self.shared = shared
        cells = RobotCountsReader(shared.robots.counts)
        attempts = AttemptsReader(shared.robots.weights)
    }

    /// Reads what came, and ends the minute where it is over; called once a second.
    /// - Parameter mayRecord: whether this process decides.
    mutating func turn(mayRecord: Bool = true) {
        let now = shared.ledgerTime
        let began = since ?? now
        since = began
        readChanges(at: began)
        for sample in shared.robots.samples.drain() {
            let operation = sample.sighting.operation
            open[operation, default: OpenRobotMinute(since: began)].add(sample)
            changed.append(operation)
        }
        let names = shared.robots.names.all
        if Self.minute(now) != Self.minute(began) {
            endMinute(at: now, names)
            since = now
            warnOfLeftOut()
        }
        if mayRecord {
            handOver()
        } else {
            // The newest.
            waiting = waiting.suffix(Self.factsOfMinute)
        }
        show(at: now, names)
    }

    /// The process ends: what has been counted goes on record at once, as far as one batch of facts
    /// goes.
    mutating func finish() {
        let now = shared.ledgerTime
        readChanges(at: since ?? now)
        endMinute(at: now, shared.robots.names.all)
        for ended in waiting { enqueue(ended) }
        waiting = []
    }

    private mutating func warnOfLeftOut() {
        let leftOut = shared.robots.counts.leftOut
        guard leftOut > self.leftOut else { return }
        shared.logger.warning(
            "the counts of robots are full; what is new is not counted",
            metadata: ["left_out": .stringConvertible(leftOut)])
        self.leftOut = leftOut
    }

    private static func minute(_ time: Timestamp) -> Int64 {
        time.milliseconds / minuteMilliseconds
    }

    // MARK: Reading

    private mutating func readChanges(at time: Timestamp) {
        for operation in attempts.readChanges() {
            busy.insert(operation)
            changed.append(operation)
        }
        for (cell, count) in cells.readChanges() {
            open[cell.operation, default: OpenRobotMinute(since: time)].add(count, of: cell)
            changed.append(cell.operation)
        }
    }

    // MARK: Minutes

    private mutating func endMinute(at now: Timestamp, _ names: RobotNames.Names) {
        let catalogue = shared.projected.catalogue
        for index in busy.sorted() where open[index] == nil {
            guard var minute = calmMinute(of: index, catalogue, at: now) else { continue }
            takeAttempts(of: index, &minute)
            // Of one that was reset or deleted meanwhile nobody asks any more.
            if catalogue.operations[Int(index)].retirement == nil {
                shared.robots.board.add(minute, of: index)
            } else {
                shared.robots.board.drop(index)
            }
        }
        // In order, so that a seed of the simulation repeats exactly.
        var ending = open.keys.sorted()
        if ending.count > Self.factsOfMinute {
            ending.sort { (open[$0]?.robots ?? 0, $1) > (open[$1]?.robots ?? 0, $0) }
            ending.removeLast(ending.count - Self.factsOfMinute)
        }
        for index in ending {
            guard let minute = minute(of: index, catalogue, names, at: now) else { continue }
            open[index] = nil
            var ended = minute
            takeAttempts(of: index, &ended)
            shared.robots.board.add(ended, of: index)
            let operation = catalogue.operations[Int(index)]
            // A deleted operation's name may be another's by now.
            if !ended.isEmpty, operation.retirement != .deleted {
                waiting.append(Waiting(operation: index, minute: ended))
            }
        }
    }

    /// The minute of an operation that entries came to, robots not among them; to be filled in.
    private func calmMinute(
        of index: UInt32, _ catalogue: Catalogue, at now: Timestamp
    ) -> RobotMinute? {
        guard Int(index) < catalogue.operations.count else { return nil }
        let operation = catalogue.operations[Int(index)]
        let since = max(self.since ?? now, operation.createdAt)
        return RobotMinute(operation: operation.id, since: since, until: max(now, since))
    }

    private func minute(
        of index: UInt32, _ catalogue: Catalogue, _ names: RobotNames.Names, at now: Timestamp
    ) -> RobotMinute? {
        guard let counted = open[index], Int(index) < catalogue.operations.count else { return nil }
        let operation = catalogue.operations[Int(index)]
        return counted.minute(of: operation, until: now, names, catalogue)
    }

    /// What was counted of everybody since the operation's last minute.
    private mutating func takeAttempts(of index: UInt32, _ minute: inout RobotMinute) {
        let steps = shared.robots.weights.steps(of: index)
        fill(&minute, steps, of: index)
        weightsBefore[index] = steps
        attempts.take(steps.reduce(0, &+), of: index)
        busy.remove(index)
    }

    private func fill(_ minute: inout RobotMinute, _ steps: [UInt64], of index: UInt32) {
        let before = weightsBefore[index] ?? []
        var attempts: UInt64 = 0
        for (step, count) in steps.enumerated() {
            let more = count &- (step < before.count ? before[step] : 0)
            guard more > 0 else { continue }
            attempts &+= more
            // Without evidence: that is what the attempts without a step are.
            if step > 0 {
                minute.weights.append(
                    RobotMinute.WeightCount(
                        from: step * RobotMinute.weightStep, count: Int(clamping: more)))
            }
        }
        minute.attempts = Int(clamping: attempts)
    }

    // MARK: Handing over

    private mutating func handOver() {
        for ended in waiting.prefix(Self.factsAtOnce) { enqueue(ended) }
        waiting = waiting.dropFirst(Self.factsAtOnce)
    }

    private func enqueue(_ ended: Waiting) {
        let request = AdministrativeRequest.own(
            .robots(ended.minute), about: ended.operation, in: shared.projected.catalogue)
        // Where the disk has no room these counts are lost.
        if let request { shared.administration.enqueue(request) }
    }

    /// Shows what has changed, of very many operations those that have waited longest.
    private mutating func show(at now: Timestamp, _ names: RobotNames.Names) {
        let catalogue = shared.projected.catalogue
        var shown: [UInt32: RobotMinute] = [:]
        for index in changed.take(Self.factsOfMinute) {
            guard var minute = openMinute(of: index, catalogue, names, at: now) else { continue }
            fill(&minute, shared.robots.weights.steps(of: index), of: index)
            shown[index] = minute
        }
        shownCount = shown.count
        shared.robots.board.show(shown, at: now)
    }

    /// The minute of an operation that goes on; nil where none does.
    private func openMinute(
        of index: UInt32, _ catalogue: Catalogue, _ names: RobotNames.Names, at now: Timestamp
    ) -> RobotMinute? {
        if open[index] != nil { return minute(of: index, catalogue, names, at: now) }
        return busy.contains(index) ? calmMinute(of: index, catalogue, at: now) : nil
    }
}
