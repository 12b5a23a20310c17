internal import Availability
internal import Bytes
internal import Time

/// A calendar as iCalendar (RFC 5545), for the calendars that people keep.
struct CalendarFile: ~Copyable {
    private var text = ByteBuffer(capacity: 4_096)
    private let host: String
    private let stamp: String

    /// Declared campaigns, and maintenance.
    /// - Parameter now: when it was made.
    init(_ calendar: CalendarView, host: String, now: Timestamp) {
        self.init(host: host, now: now)
        begin()
        for wave in calendar.waves {
            event(
                wave.uid, from: wave.starts, to: wave.ends, Self.summary(of: wave),
                Self.description(of: wave), isBusy: false)
        }
        for maintenance in calendar.maintenance {
            event(
                "maintenance-\(maintenance.maintenance)", from: maintenance.starts,
                to: maintenance.ends, Self.summary(of: maintenance.kind), maintenance.note)
        }
        end()
    }

    /// What everybody may know: maintenance that is planned or goes on.
    init(_ status: ServiceStatus, host: String, now: Timestamp) {
        self.init(host: host, now: now)
        begin()
        for maintenance in status.maintenance.shown {
            event(
                "maintenance-\(maintenance.maintenance)", from: maintenance.starts.time.rfc3339,
                to: maintenance.ends?.time.rfc3339, Self.summary(of: maintenance.kind),
                maintenance.note)
        }
        end()
    }

    private init(host: String, now: Timestamp) {
        self.host = host
        stamp = Self.basic(now.rfc3339)
    }

    var bytes: [UInt8] { text.bytes.array }

    // MARK: Events

    private mutating func begin() {
        line("BEGIN:VCALENDAR")
        line("VERSION:2.0")
        line("PRODID:-//Portillon//\(Gateway.version)//EN")
        line("CALSCALE:GREGORIAN")
    }

    private mutating func end() { line("END:VCALENDAR") }

    /// - Parameters:
    ///   - start: RFC 3339 in UTC, as the end, which may not be known.
    ///   - isBusy: whether nothing else fits beside it.
    private mutating func event(
        _ uid: String, from start: String, to end: String?, _ summary: String,
        _ description: String?, isBusy: Bool = true
    ) {
        line("BEGIN:VEVENT")
        line("UID:\(uid)@\(host)")
        line("DTSTAMP:\(stamp)")
        line("DTSTART:\(Self.basic(start))")
        if let end { line("DTEND:\(Self.basic(end))") }
        line("SUMMARY:\(Self.escaped(summary))")
        if let description { line("DESCRIPTION:\(Self.escaped(description))") }
        if !isBusy { line("TRANSP:TRANSPARENT") }
        line("END:VEVENT")
    }

    private static func summary(of wave: WaveView) -> String {
        guard let operation = wave.operation, let channel = wave.channel else {
            return "Another client's campaign"
        }
        return "\(operation): \(channel) to \(wave.recipients ?? 0)"
    }

    private static func summary(of kind: MaintenanceKind) -> String {
        switch kind {
        case .scheduled: "Scheduled maintenance"
        case .emergency: "Emergency maintenance"
        }
    }

    private static func description(of wave: WaveView) -> String {
        "\(wave.expectedParticipants) participants expected, "
            + "\(wave.peakPerSecond) entries a second at \(wave.peakAt) at most"
    }

    // MARK: Lines

    /// `20261120T120000Z` of `2026-11-20T12:00:00.000Z`.
    private static func basic(_ time: String) -> String {
        time.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    /// Text as a value (RFC 5545, 3.3.11): a line break as `\n`, no other control characters.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", ";", ",": escaped += "\\\(scalar)"
            case "\r": escaped += "\\n"
            case "\n": if !isAfterReturn { escaped += "\\n" }
            default:
                let isControl = scalar.properties.generalCategory == .control
                if !isControl || scalar == "\t" { escaped.unicodeScalars.append(scalar) }
            }
            isAfterReturn = scalar == "\r"
        }
        return escaped
    }

    /// A line of at most 75 bytes; what is longer goes on behind a space (RFC 5545, 3.1).
    private mutating func line(_ content: String) {
        var length = 0
        for scalar in content.unicodeScalars {
            let count = UTF8.width(scalar)
            if length + count > Self.lineBytes {
                text.append("\r\n " as StaticString)
                length = 1
            }
            text.append(String(Character(scalar)))
            length += count
        }
        text.append("\r\n" as StaticString)
    }

    private static var lineBytes: Int { 75 }
}
