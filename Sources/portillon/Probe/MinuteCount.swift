import Availability
import Time
import Wire

/// What a probe counted in one minute of UTC.
struct MinuteCount: Equatable {
    let minute: Minute
    /// Attempts that began in the minute, without void ones.
    var attempts = 0
    var failed = 0
    var slow = 0

    init(_ minute: Minute) {
        self.minute = minute
    }

    mutating func add(_ outcome: ProbeOutcome) {
        switch outcome {
        case .accessible: attempts += 1
        case .failed:
            attempts += 1
            failed += 1
        case .slow:
            attempts += 1
            slow += 1
        case .void: break
        }
    }

    /// As it is reported, and kept in a file.
    var json: [String: JSONValue] {
        [
            "minute": .string(minute.starts.rfc3339), "attempts": .integer(attempts),
            "failed": .integer(failed), "slow": .integer(slow),
        ]
    }

    init?(_ json: JSONValue) {
        guard let starts = json["minute"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
            let attempts = json["attempts"]?.integer, let failed = json["failed"]?.integer,
            let slow = json["slow"]?.integer
        else { return nil }
        minute = Minute(containing: starts)
        self.attempts = attempts
        self.failed = failed
        self.slow = slow
    }
}
