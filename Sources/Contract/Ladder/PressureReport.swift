/// The measurements on which the ladder acts: the level, the figures behind it, and the operations
/// that bring the load. A report is a command to the fold, and so in the log (law 2).
///
/// All numbers are whole, so that every machine reads exactly what was written.
package struct PressureReport: Equatable, Codable, Sendable {
    package var level: PressureLevel
    /// The level of the report before, or calm after a start; `nil` where it was the same.
    package var before: PressureLevel?
    package var figures: PressureFigures
    /// The bounds that the level follows from; `nil` in reports from before the first release.
    package var limits: PressureLimits?
    /// The window of the rates and shares, in milliseconds.
    package var windowMilliseconds: Int
    /// Entries that came a second, whatever their verdict.
    package var attemptsPerSecond: Int
    /// Entries accepted a second.
    package var acceptedPerSecond: Int
    /// Entries a second that the platform takes, by the stage that limits it; `nil` while too
    /// little has come to tell.
    package var capacityPerSecond: Int?
    /// The stage that limits it.
    package var stage: CapacityStage?
    /// The nodes of a cluster whose measurements are in it, the leader's own among them; `nil`
    /// where it has only those of the process that reported.
    package var nodes: Int?
    /// The operations that matter to the ladder, and the largest of the others up to a few: those
    /// under a measure come first, unless they bring nothing.
    package var operations: [Demand]

    /// The load of one operation.
    package struct Demand: Equatable, Codable, Sendable {
        package var operation: String
        package var attemptsPerSecond: Int
        package var acceptedPerSecond: Int
        /// Its share of the time that all entries waited for the sequencer, permille.
        package var queuePermille: Int
        /// Its share of all entries that came, permille.
        package var attemptsPermille: Int
        /// Entries of all other operations that reached the sequencer within the window; `nil` in
        /// reports from before the first release.
        package var othersEntries: Int?
        /// Their mean wait for the sequencer, microseconds; `nil` if there were none.
        package var othersWait: Int?
        /// The same in the last calm seconds before, microseconds; `nil` if there were none.
        package var othersCalmWait: Int?
        /// Its connections whose requests wait unread because it is held and they send more than
        /// its pace; `nil` if there are none. Attempts count only what was read.
        package var withheld: Int?

        package init(
            operation: String, attemptsPerSecond: Int, acceptedPerSecond: Int, queuePermille: Int,
            attemptsPermille: Int, othersEntries: Int? = nil, othersWait: Int? = nil,
            othersCalmWait: Int? = nil, withheld: Int? = nil
        ) {
            self.operation = operation
            self.attemptsPerSecond = attemptsPerSecond
            self.acceptedPerSecond = acceptedPerSecond
            self.queuePermille = queuePermille
            self.attemptsPermille = attemptsPermille
            self.othersEntries = othersEntries
            self.othersWait = othersWait
            self.othersCalmWait = othersCalmWait
            self.withheld = withheld
        }

        /// Its share of the load, permille: the larger of the two shares. Time in the queue shows
        /// which operation slows the others down; once an operation is refused before the queue,
        /// only its attempts show what it still costs.
        package var sharePermille: Int { max(queuePermille, attemptsPermille) }

        /// The figures that may be missing, as far as there are any.
        fileprivate var optional: [Int] {
            [othersEntries, othersWait, othersCalmWait, withheld].compactMap(\.self)
        }

        private enum CodingKeys: String, CodingKey {
            case operation
            case attemptsPerSecond = "attempts_per_second"
            case acceptedPerSecond = "accepted_per_second"
            case queuePermille = "queue_permille"
            case attemptsPermille = "attempts_permille"
            case othersEntries = "others_entries"
            case othersWait = "others_wait_us"
            case othersCalmWait = "others_calm_wait_us"
            case withheld
        }
    }

    package init(
        level: PressureLevel, before: PressureLevel? = nil,
        figures: PressureFigures = PressureFigures(), limits: PressureLimits? = nil,
        windowMilliseconds: Int, attemptsPerSecond: Int, acceptedPerSecond: Int,
        capacityPerSecond: Int? = nil, stage: CapacityStage? = nil, nodes: Int? = nil,
        operations: [Demand]
    ) {
        self.level = level
        self.before = before
        self.figures = figures
        self.limits = limits
        self.windowMilliseconds = windowMilliseconds
        self.attemptsPerSecond = attemptsPerSecond
        self.acceptedPerSecond = acceptedPerSecond
        self.capacityPerSecond = capacityPerSecond
        self.stage = stage
        self.nodes = nodes
        self.operations = operations
    }

    /// The report with one operation only: its client must not see the others' load (C17).
    package func only(_ operation: String) -> PressureReport {
        var report = self
        report.operations.removeAll { $0.operation != operation }
        return report
    }

    /// Whether every number is in its possible range, so that arithmetic on it cannot overflow.
    package var isPlausible: Bool {
        let counts = [
            windowMilliseconds, attemptsPerSecond, acceptedPerSecond, capacityPerSecond ?? 0,
        ]
        return (2...Self.maximumNodes).contains(nodes ?? 2)
            && (counts + figures.all + (limits?.all ?? [])).allSatisfy(Self.counts.contains)
            && operations.allSatisfy { demand in
                Self.counts.contains(demand.attemptsPerSecond)
                    && Self.counts.contains(demand.acceptedPerSecond)
                    && (0...1_000).contains(demand.queuePermille)
                    && (0...1_000).contains(demand.attemptsPermille)
                    && demand.optional.allSatisfy(Self.counts.contains)
            }
    }

    /// Nodes that a cluster has, at most.
    private static var maximumNodes: Int { 16 }
    /// The upper bound of rates and of times in microseconds.
    private static var counts: ClosedRange<Int> { 0...1_000_000_000_000 }

    private enum CodingKeys: String, CodingKey {
        case level, before, figures, limits, stage, nodes, operations
        case windowMilliseconds = "window_ms"
        case attemptsPerSecond = "attempts_per_second"
        case acceptedPerSecond = "accepted_per_second"
        case capacityPerSecond = "capacity_per_second"
    }
}
