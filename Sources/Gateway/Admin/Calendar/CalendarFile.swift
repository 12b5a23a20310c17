internal import Availability
internal import Bytes
internal import Time

/// A calendar as iCalendar (RFC 5545), for the calendars that people keep.
struct CalendarFile: ~Copyable {
    private var text = ByteBuffer(capacity: 4_096)

    /// - Parameter now: when it was made.
    init(_ calendar: CalendarView, host: String, now: Timestamp) {
        line("BEGIN:VCALENDAR")
        line("VERSION:2.0")
        line("PRODID:-//Portillon//\(Gateway.version)//EN")
        line("CALSCALE:GREGORIAN")
        for (number, wave) in calendar.waves.enumerated() {
            line("BEGIN:VEVENT")
            line("UID:\(wave.campaign ?? "other-\(number)-\(wave.starts)")@\(host)")
            line("DTSTAMP:\(Self.basic(now.rfc3339))")
            line("DTSTART:\(Self.basic(wave.starts))")
            line("DTEND:\(Self.basic(wave.ends))")
            line("SUMMARY:\(Self.escaped(Self.summary(of: wave)))")
            line("DESCRIPTION:\(Self.escaped(Self.description(of: wave)))")
            line("TRANSP:TRANSPARENT")
            line("END:VEVENT")
        }
        for maintenance in calendar.maintenance {
            line("BEGIN:VEVENT")
            line("UID:maintenance-\(maintenance.maintenance)@\(host)")
            line("DTSTAMP:\(Self.basic(now.rfc3339))")
            line("DTSTART:\(Self.basic(maintenance.starts))")
            if let ends = maintenance.ends { line("DTEND:\(Self.basic(ends))") }
            line("SUMMARY:\(Self.summary(of: maintenance))")
            if let note = maintenance.note { line("DESCRIPTION:\(Self.escaped(note))") }
            line("END:VEVENT")
        }
        line("END:VCALENDAR")
    }

    var bytes: [UInt8] { text.bytes.array }

    private static func summary(of wave: WaveView) -> String {
        guard let operation = wave.operation, let channel = wave.channel else {
            return "Another client's campaign"
        }
        return "\(operation): \(channel) to \(wave.recipients ?? 0)"
    }

    private static func summary(of maintenance: MaintenanceView) -> String {
        switch maintenance.kind {
        case .scheduled: "Scheduled maintenance"
        case .emergency: "Emergency maintenance"
        }
    }

    private static func description(of wave: WaveView) -> String {
        "\(wave.expectedParticipants) participants expected, "
            + "\(wave.peakPerSecond) entries a second at \(wave.peakAt) at most"
    }

    /// `20261120T120000Z` of `2026-11-20T12:00:00.000Z`.
    private static func basic(_ time: String) -> String {
        time.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    /// Text as a value (RFC 5545, 3.3.11).
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\", ";", ",": escaped += "\\\(character)"
            case "\n", "\r\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    /// A line of at most 75 bytes; what is longer goes on behind a space (RFC 5545, 3.1).
    private mutating func line(_ content: String) {
        var length = 0
        for character in content {
            let count = character.utf8.count
            if length + count > Self.lineBytes {
                text.append("\r\n " as StaticString)
                length = 1
            }
            text.append(String(character))
            length += count
        }
        text.append("\r\n" as StaticString)
    }

    private static var lineBytes: Int { 75 }
}
