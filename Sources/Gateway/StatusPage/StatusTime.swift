internal import Time

/// A moment that JSON has as RFC 3339, and a page in local time.
struct StatusTime: Encodable {
    let time: Timestamp

    init(_ time: Timestamp) {
        self.time = time
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(time.rfc3339)
    }

    /// `2026-11-29 14:05`
    func text(in localTime: LocalTime) -> String {
        let (day, millisecond) = localTime.civil(at: time)
        let minutes = millisecond / 60_000
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(day.text) \(two(minutes / 60)):\(two(minutes % 60))"
    }
}
