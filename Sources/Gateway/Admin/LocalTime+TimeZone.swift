internal import Bytes
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
    ///   - database: the system's; nil where it has none.
    /// - Returns: nil where the name is not known, or its file is no good.
    static func resolving(
        _ identifier: String, around now: Timestamp,
        in database: TimeZoneDatabase? = TimeZoneDatabase.system()
    ) -> LocalTime? {
        if identifier == "UTC" { return .utc }
        guard TimeZoneDatabase.isName(identifier) else { return nil }
        let year = now.civil.year
        let (start, end) = (Timestamp.newYear(year - 1), Timestamp.newYear(year + 12))
        do {
            if let zone = try database?.zone(identifier) {
                return zone.localTime(from: start, until: end)
            }
        } catch {
            return nil
        }
        // A machine without the database, or with half of it, has Foundation's copy.
        return resolving(identifier, from: start, until: end)
    }

    /// By Foundation's own copy of the database.
    static func resolving(
        _ identifier: String, from start: Timestamp, until end: Timestamp
    ) -> LocalTime? {
        // The list of known names leaves links out (Asia/Kolkata); what is neither on it nor has an
        // area is an abbreviation or a fixed offset, which Foundation takes and IANA does not.
        guard identifier.contains("/") || TimeZone.knownTimeZoneIdentifiers.contains(identifier),
            let zone = TimeZone(identifier: identifier)
        else { return nil }
        var moment = Date(start)
        let end = Date(end)
        var offsets = [offset(of: zone, at: moment)]
        while let next = zone.nextDaylightSavingTimeTransition(after: moment), next < end {
            let offset = offset(of: zone, at: next)
            if offset.offsetSeconds != offsets[offsets.count - 1].offsetSeconds {
                offsets.append(offset)
            }
            moment = next
        }
        // The database's own order and bounds hold; a table that breaks them is no table.
        return try? LocalTime(offsets)
    }

    private static func offset(of zone: TimeZone, at date: Date) -> Offset {
        Offset(
            from: Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1_000)),
            offsetSeconds: Int32(clamping: zone.secondsFromGMT(for: date)))
    }
}

extension Date {
    fileprivate init(_ time: Timestamp) {
        self.init(timeIntervalSince1970: Double(time.milliseconds) / 1_000)
    }
}
