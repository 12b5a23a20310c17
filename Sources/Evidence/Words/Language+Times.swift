internal import Bytes
internal import Time

/// An operation's time zone, as the log has it: the name, and the table of its offsets.
struct Zone: Sendable {
    let name: String
    let localTime: LocalTime

    /// Whether local times say nothing more than UTC.
    var isUTC: Bool { localTime == .utc && (name == "UTC" || name == "Etc/UTC") }
}

extension Language {
    /// A time in UTC, and in the operation's time zone where that is another one:
    /// `29 November 2026, 07:44:10.123 UTC (08:44:10.123 Europe/Paris)`.
    func time(_ time: Timestamp, in zone: Zone) -> String {
        let day = date(time)
        let text = "\(day), \(clock(time)) UTC"
        guard !zone.isUTC else { return text }
        let local = time.advanced(
            byMilliseconds: Int64(zone.localTime.offsetSeconds(at: time)) * 1_000)
        let localDay = date(local)
        return text + " (" + (localDay == day ? "" : "\(localDay), ")
            + "\(clock(local)) \(zone.name))"
    }

    /// `29 November 2026`.
    private func date(_ time: Timestamp) -> String {
        let (year, month, day, _) = time.civil
        let ordinal = self == .french && day == 1 ? "1er" : "\(day)"
        return "\(ordinal) \(months[Int(month) - 1]) \(year)"
    }

    /// `07:44:10.123`.
    private func clock(_ time: Timestamp) -> String {
        let millisecond = time.civil.millisecondOfDay
        let parts = [
            millisecond / 3_600_000, millisecond / 60_000 % 60, millisecond / 1_000 % 60,
        ]
        return parts.map { Self.padded($0, 2) }.joined(separator: ":") + decimalSeparator
            + Self.padded(millisecond % 1_000, 3)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }
}
