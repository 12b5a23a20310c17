import Availability
import Time

/// Sorts attempts into minutes. An attempt belongs to the minute in which it began.
struct MinuteCounter {
    private var current: MinuteCount?

    /// Counts an attempt.
    /// - Parameter began: a clock that was set back does not open a minute again.
    /// - Returns: the minute before, where the attempt began a new one.
    mutating func add(_ outcome: ProbeOutcome, began: Timestamp) -> MinuteCount? {
        let minute = Minute(containing: began)
        guard var count = current else {
            current = MinuteCount(minute)
            current?.add(outcome)
            return nil
        }
        var complete: MinuteCount?
        if minute > count.minute {
            complete = count
            count = MinuteCount(minute)
        }
        count.add(outcome)
        current = count
        return complete
    }
}
