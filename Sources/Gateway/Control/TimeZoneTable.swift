internal import Bytes
internal import Contract
internal import Foundation

extension LocalTime {
    /// Looks a time zone up in this machine's database, once, so that the ledger never has to:
    /// what it needs travels with the operation's settings and is in the journal (law 2).
    ///
    /// - Parameters:
    ///   - identifier: an IANA name, such as `Europe/Paris`.
    ///   - now: the table runs from a year before to eleven years after.
    /// - Returns: nil where the database does not know the name.
    static func resolving(_ identifier: String, around now: Timestamp) -> LocalTime? {
        // The list of known names leaves links out (Asia/Kolkata); what is neither on it nor has an
        // area is an abbreviation or a fixed offset, which Foundation takes and IANA does not.
        guard
            identifier.contains("/") || identifier == "UTC"
                || TimeZone.knownTimeZoneIdentifiers.contains(identifier),
            let zone = TimeZone(identifier: identifier)
        else { return nil }
        let year: TimeInterval = 366 * 86_400
        let present = TimeInterval(now.milliseconds) / 1_000
        var moment = Date(timeIntervalSince1970: present - year)
        let end = Date(timeIntervalSince1970: present + 11 * year)
        var offsets = [offset(of: zone, at: moment)]
        while let next = zone.nextDaylightSavingTimeTransition(after: moment), next < end {
            offsets.append(offset(of: zone, at: next))
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
