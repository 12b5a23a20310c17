internal import Bytes
internal import Contract
internal import Foundation
internal import Time

extension LocalTime {
    /// Looks a time zone up in this machine's database, once, so that the ledger never has to:
    /// what it needs travels with the operation's settings and is in the log (law 2).
    ///
    /// - Parameters:
    ///   - identifier: an IANA name, such as `Europe/Paris`.
    ///   - now: the table runs from the year before to eleven years after, by whole years, so
    ///     that the same settings put twice in a year are the same.
    /// - Returns: nil where the database does not know the name.
    static func resolving(_ identifier: String, around now: Timestamp) -> LocalTime? {
        if identifier == "UTC" { return .utc }
        // The list of known names leaves links out (Asia/Kolkata); what is neither on it nor has an
        // area is an abbreviation or a fixed offset, which Foundation takes and IANA does not.
        guard identifier.contains("/") || TimeZone.knownTimeZoneIdentifiers.contains(identifier),
            let zone = TimeZone(identifier: identifier)
        else { return nil }
        let thisYear = Int(now.civil.year)
        guard let start = newYear(thisYear - 1), let end = newYear(thisYear + 12) else {
            return nil
        }
        var moment = start
        var offsets = [offset(of: zone, at: moment)]
        while let next = zone.nextDaylightSavingTimeTransition(after: moment), next < end {
            offsets.append(offset(of: zone, at: next))
            moment = next
        }
        // The database's own order and bounds hold; a table that breaks them is no table.
        return try? LocalTime(offsets)
    }

    /// The first moment of a year, in UTC.
    private static func newYear(_ year: Int) -> Date? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.date(from: DateComponents(year: year))
    }

    private static func offset(of zone: TimeZone, at date: Date) -> Offset {
        Offset(
            from: Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1_000)),
            offsetSeconds: Int32(clamping: zone.secondsFromGMT(for: date)))
    }
}
