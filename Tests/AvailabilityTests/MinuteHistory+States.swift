import Availability
import Time

extension MinuteHistory {
    /// A history of an interval of one state.
    static func of(_ state: MinuteState, _ interval: Range<Timestamp>) -> MinuteHistory {
        var history = MinuteHistory()
        history.add(state, interval)
        return history
    }

    /// Records the minutes that begin in an interval.
    mutating func add(_ state: MinuteState, _ interval: Range<Timestamp>) {
        let minutes = Range<Minute>(beginningIn: interval)
        var minute = minutes.lowerBound
        while minute < minutes.upperBound {
            precondition(record(state, at: minute), "minutes are recorded in order")
            minute = minute.advanced(by: 1)
        }
    }
}
