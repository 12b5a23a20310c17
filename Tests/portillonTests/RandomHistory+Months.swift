import Availability
import Ledger
import Time

extension RandomHistory {
    /// What was counted of an operation's answers and robots, in this month or one before it.
    mutating func useMonth(_ operation: String) throws {
        let back = Int64(drawBelow(60)) * 86_400_000
        let since = now.advanced(byMilliseconds: -back)
        let until = since.advanced(byMilliseconds: 900_000)
        var counts = AnswerCounts()
        for verdict in AnswerCounts.verdicts { counts[keyPath: verdict.count] = drawBelow(50) }
        try apply(
            .fact(
                .notAccepted(
                    NotAcceptedEntries(
                        operation: operation, since: since, until: until, counts: counts))))
        var robots = RobotMinute(operation: operation, since: since, until: until)
        robots.robots = Int(drawBelow(9))
        try apply(.fact(.robots(robots)))
    }
}
