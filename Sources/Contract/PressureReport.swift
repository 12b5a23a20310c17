/// What was measured when something may have to be done: the level, the figures behind it, and who
/// brought the load. It is a command to the fold, and so in the journal (law 2).
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
    /// The operations with the largest shares, and those under a measure.
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

    /// Whether all numbers are ones that can be measured. A report is read back from the journal,
    /// and what the ladder works out from it must fit an integer.
    package var isWithinLimits: Bool {
        let rates = 0...1_000_000_000_000
        let shares = 0...1_000_000
        let measured = [
            windowMilliseconds, attemptsPerSecond, acceptedPerSecond, figures.queueWait,
            figures.commit, figures.loopLag, figures.shed, figures.memory,
        ]
        return measured.allSatisfy(rates.contains)
            && operations.allSatisfy { demand in
                rates.contains(demand.attemptsPerSecond)
                    && rates.contains(demand.acceptedPerSecond)
                    && shares.contains(demand.queuePermille)
                    && shares.contains(demand.attemptsPermille)
            }
    }

    private enum CodingKeys: String, CodingKey {
        case level, figures, operations
        case windowMilliseconds = "window_ms"
        case attemptsPerSecond = "attempts_per_second"
        case acceptedPerSecond = "accepted_per_second"
    }
}
