import Bytes
import Time

/// A file of a time-zone database: any bytes are refused, or read as a zone with a table.
///
/// A later table begins where an earlier one, of the same file, says that it does.
enum ZoneFileTarget {
    @Sendable static func run(_ input: [UInt8]) throws {
        try input.withSpan { try check($0) }
    }

    private static func check(_ bytes: RawSpan) throws {
        let zone: TimeZoneFile
        do { zone = try TimeZoneFile(bytes) } catch { return }
        let end = Timestamp.newYear(2040)
        guard let table = zone.localTime(from: .newYear(2000), until: end),
            let later = zone.localTime(from: .newYear(2030), until: end)
        else { return }
        for hours in stride(from: 0, to: 8 * 8_760, by: 97) {
            let time = Timestamp.newYear(2030).advanced(byMilliseconds: Int64(hours) * 3_600_000)
            try require(table.localDay(at: time) == later.localDay(at: time), "two days at once")
        }
    }
}
