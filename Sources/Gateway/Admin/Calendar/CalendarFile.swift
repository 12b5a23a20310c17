internal import Bytes
internal import Evidence
internal import Time

/// A calendar as iCalendar (RFC 5545), for the calendars that people keep.
struct CalendarFile: ~Copyable {
    private var text = ByteBuffer(capacity: 4_096)
    private let words: StatusWords

    /// What stands behind the identifiers, which are unique by themselves.
    private static var host: String { "portillon" }

    /// - Parameters:
    ///   - waves: declared campaigns, each as its reader may know it; withdrawn ones as cancelled.
    ///   - planned: maintenance and announced changes.
    ///   - now: when it was made: of a wave of another client, it is not said when it was declared.
    init(
        waves: [WaveView] = [], _ planned: [PlannedEvent], in language: Language, now: Timestamp
    ) {
        words = StatusWords(language: language)
        line("BEGIN:VCALENDAR")
        line("VERSION:2.0")
        line("PRODID:-//Portillon//\(Gateway.version)//\(words.language.rawValue.uppercased())")
        line("CALSCALE:GREGORIAN")
        // A program that subscribes hears of what was cancelled within an hour (RFC 7986, 5.7).
        line("REFRESH-INTERVAL;VALUE=DURATION:PT1H")
        for wave in waves {
            add(wave, changedAt: wave.withdrawnAt ?? wave.declaredAt ?? now)
        }
        for event in planned { add(event) }
        line("END:VCALENDAR")
    }

    var bytes: [UInt8] { text.bytes.array }

    // MARK: Events

    /// A campaign keeps nobody busy. It changes once at most: when it is withdrawn.
    private mutating func add(_ wave: WaveView, changedAt: Timestamp) {
        begin(wave.uid, changedAt: changedAt)
        line("SEQUENCE:\(wave.isWithdrawn ? 1 : 0)")
        if wave.isWithdrawn { line("STATUS:CANCELLED") }
        line("DTSTART:\(Self.basic(wave.starts))")
        line("DTEND:\(Self.basic(wave.ends))")
        line("SUMMARY:\(Self.escaped(words.summary(of: wave)))")
        if !wave.isWithdrawn { line("DESCRIPTION:\(Self.escaped(words.description(of: wave)))") }
        line("TRANSP:TRANSPARENT")
        line("END:VEVENT")
    }

    /// A change takes effect at a moment, and keeps nobody busy.
    private mutating func add(_ event: PlannedEvent) {
        begin(event.uid, changedAt: event.changedAt)
        line("LAST-MODIFIED:\(Self.basic(event.changedAt.rfc3339))")
        line("SEQUENCE:\(event.sequence)")
        if event.isCancelled { line("STATUS:CANCELLED") }
        line("DTSTART:\(Self.basic(event.starts.rfc3339))")
        if let ends = event.ends { line("DTEND:\(Self.basic(ends.rfc3339))") }
        line("SUMMARY:\(Self.escaped(words.summary(of: event)))")
        let description = words.description(of: event)
        if !description.isEmpty { line("DESCRIPTION:\(Self.escaped(description))") }
        if case .change = event.subject { line("TRANSP:TRANSPARENT") }
        line("END:VEVENT")
    }

    private mutating func begin(_ uid: String, changedAt: Timestamp) {
        line("BEGIN:VEVENT")
        line("UID:\(uid)@\(Self.host)")
        line("DTSTAMP:\(Self.basic(changedAt.rfc3339))")
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
