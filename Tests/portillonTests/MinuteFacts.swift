import Availability
import Ledger
import Testing
import Time

/// Each fact that is about a minute.
enum MinuteFacts {
    /// What a probe found in the minute before a time, and that a client lost it.
    static func before(_ time: Timestamp) throws -> [Fact] {
        let minute = Minute(number: Minute(containing: time).number - 1)
        let tally = try #require(ProbeTally(attempts: 60, failed: 4, slow: 1))
        return [
            .probeMinute(ProbeMinute(probe: "paris-1", minute: minute, tally: tally)),
            .lostMinute(LostMinute(client: "acme", minute: minute, refused: 40, attempts: 90)),
        ]
    }
}
