package import Time

/// Why maintenance, a change or a period of force majeure is not recorded as asked.
package enum ServiceRefusal: Error, Equatable {
    /// There is none of this number.
    case unknown(number: UInt32)
    /// It would begin before it is recorded; scheduled maintenance begins after it.
    case notBeforehand
    /// Scheduled maintenance has an end.
    case endMissing
    case endBeforeStart
    /// Longer than ``Maintenance/maximumMilliseconds``.
    case tooLong
    /// The new end is not later than the planned one.
    case notLater
    /// It is over, or was cancelled.
    case over
    /// Emergency maintenance does not recur, and a recurrence has 1 to
    /// ``Recurrence/maximumOccurrences``.
    case badRecurrence
    /// A change that degrades a service is announced 30 calendar days before (B 3.8).
    case noticeTooShort(earliest: Timestamp)
    /// A limit of what is kept.
    case tooMany(limit: Int)
}
