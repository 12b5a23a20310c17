/// What was measured when something may have to be done: the level, the figures behind it, and who
/// brought the load. It is a command to the fold, and so in the log (law 2).
///
/// Whole numbers only, so that what is read is what was written, everywhere.
package struct PressureReport: Equatable, Codable, Sendable {
    package var level: PressureLevel
    package var figures: PressureFigures
    /// Milliseconds that the rates and shares are taken over.
    package var windowMilliseconds: Int
    /// Entries that came, a second, whatever became of them.
    package var attemptsPerSecond: Int
    /// Of them accepted.
    package var acceptedPerSecond: Int
    /// The operations with the largest shares, first those under a measure.
    package var operations: [Demand]

    /// What one operation brought.
    package struct Demand: Equatable, Codable, Sendable {
        package var operation: String
        package var attemptsPerSecond: Int
        package var acceptedPerSecond: Int
        /// Of the time that all entries waited for the sequencer, permille.
        package var queuePermille: Int
        /// Of all entries that came, permille.
        package var attemptsPermille: Int

        package init(
            operation: String, attemptsPerSecond: Int, acceptedPerSecond: Int, queuePermille: Int,
            attemptsPermille: Int
        ) {
            self.operation = operation
            self.attemptsPerSecond = attemptsPerSecond
            self.acceptedPerSecond = acceptedPerSecond
            self.queuePermille = queuePermille
            self.attemptsPermille = attemptsPermille
        }

        /// Its share of the load. Time in the queue tells who slows whom down; once an operation is
        /// refused before the queue, what it still costs shows in its attempts alone. So it is the
        /// larger of the two.
        package var sharePermille: Int { max(queuePermille, attemptsPermille) }

        private enum CodingKeys: String, CodingKey {
            case operation
            case attemptsPerSecond = "attempts_per_second"
            case acceptedPerSecond = "accepted_per_second"
            case queuePermille = "queue_permille"
            case attemptsPermille = "attempts_permille"
        }
    }

    package init(
        level: PressureLevel, figures: PressureFigures = PressureFigures(),
        windowMilliseconds: Int, attemptsPerSecond: Int, acceptedPerSecond: Int,
        operations: [Demand]
    ) {
        self.level = level
        self.figures = figures
        self.windowMilliseconds = windowMilliseconds
        self.attemptsPerSecond = attemptsPerSecond
        self.acceptedPerSecond = acceptedPerSecond
        self.operations = operations
    }

    /// The same, of one operation alone: what others bring is none of its client's business (C17).
    package func only(_ operation: String) -> PressureReport {
        var report = self
        report.operations.removeAll { $0.operation != operation }
        return report
    }

    /// Whether every number is one that can have been measured, so that reckoning with it cannot
    /// overflow.
    package var isPlausible: Bool {
        let counts = [windowMilliseconds, attemptsPerSecond, acceptedPerSecond]
        return (counts + figures.all).allSatisfy(Self.counts.contains)
            && operations.allSatisfy { demand in
                Self.counts.contains(demand.attemptsPerSecond)
                    && Self.counts.contains(demand.acceptedPerSecond)
                    && (0...1_000).contains(demand.queuePermille)
                    && (0...1_000).contains(demand.attemptsPermille)
            }
    }

    /// What rates and times in microseconds stay within.
    private static var counts: ClosedRange<Int> { 0...1_000_000_000_000 }

    private enum CodingKeys: String, CodingKey {
        case level, figures, operations
        case windowMilliseconds = "window_ms"
        case attemptsPerSecond = "attempts_per_second"
        case acceptedPerSecond = "accepted_per_second"
    }
}
