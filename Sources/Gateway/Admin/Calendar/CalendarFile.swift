internal import Availability
internal import Bytes
internal import Evidence
internal import Time

/// A calendar as iCalendar (RFC 5545), for the calendars that people keep.
struct CalendarFile: ~Copyable {
    private var text = ByteBuffer(capacity: 4_096)
    private let host: String
    private let stamp: String
    private let words: StatusWords

    /// Declared campaigns, maintenance, and announced changes.
    /// - Parameter now: when it was made.
    init(_ calendar: CalendarView, in language: Language, host: String, now: Timestamp) {
        self.init(language, host: host, now: now)
        begin()
        for wave in calendar.waves {
            event(
                wave.uid, from: wave.starts, to: wave.ends, words.summary(of: wave),
                words.description(of: wave), isBusy: false)
        }
        for maintenance in calendar.maintenance {
            event(
                "maintenance-\(maintenance.maintenance)", from: maintenance.starts,
                to: maintenance.ends, words.kind(maintenance.kind), maintenance.note)
        }
        for change in calendar.changes {
            self.change(change.change, change.degrades, at: change.takesEffectAt, change.note)
        }
        end()
    }

    /// What everybody may know: maintenance that is planned or goes on, and announced changes.
    init(_ status: ServiceStatus, in language: Language, host: String, now: Timestamp) {
        self.init(language, host: host, now: now)
        begin()
        for maintenance in status.maintenance.shown {
            event(
                "maintenance-\(maintenance.maintenance)", from: maintenance.starts.time.rfc3339,
                to: maintenance.ends?.time.rfc3339, words.kind(maintenance.kind),
                maintenance.note)
        }
        for change in status.changes.shown {
            self.change(
                change.change, change.degrades, at: change.takesEffectAt.time.rfc3339, change.note)
        }
        end()
    }

    private init(_ language: Language, host: String, now: Timestamp) {
        words = StatusWords(language: language)
        self.host = host
        stamp = Self.basic(now.rfc3339)
    }

    var bytes: [UInt8] { text.bytes.array }

    // MARK: Events

    private mutating func begin() {
        line("BEGIN:VCALENDAR")
        line("VERSION:2.0")
        line("PRODID:-//Portillon//\(Gateway.version)//\(words.language.rawValue.uppercased())")
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

    /// A change takes effect at a moment, and keeps nobody busy.
    private mutating func change(_ number: UInt32, _ degrades: Bool, at: String, _ note: String?) {
        event(
            "change-\(number)", from: at, to: nil, words.change(degrades: degrades), note,
            isBusy: false)
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
