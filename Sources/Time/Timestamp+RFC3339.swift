internal import Bytes

extension Timestamp {
    /// Reads RFC 3339 (5.6) and nothing else: `2026-11-20T12:00:00Z`, with or without a fraction,
    /// in any offset. Finer than a millisecond is cut off. A time that an offset moves out of the
    /// years 0 to 9999 could not be written again, and is refused.
    ///
    /// Foundation's parsers take much that is none (`2026-11-20T12:00:00+01`, a day too many in
    /// February) and count years before 1582 in another calendar. A leap second is refused: POSIX
    /// time has none.
    package init?(rfc3339 text: String) {
        var scanner = RFC3339Scanner(Array(text.utf8))
        guard let year = scanner.digits(4), scanner.consume("-"),
            let month = scanner.digits(2, in: 1...12), scanner.consume("-"),
            let day = scanner.digits(2, in: 1...Self.days(inMonth: month, of: year)),
            scanner.consume("T") || scanner.consume("t"),
            let hour = scanner.digits(2, in: 0...23), scanner.consume(":"),
            let minute = scanner.digits(2, in: 0...59), scanner.consume(":"),
            let second = scanner.digits(2, in: 0...59),
            let millisecond = scanner.fraction(),
            let offsetMinutes = scanner.offset(), scanner.isAtEnd
        else { return nil }
        let minutes = (Self.day(year, month, day) * 24 + hour) * 60 + minute - offsetMinutes
        self.init(milliseconds: (minutes * 60 + second) * 1_000 + millisecond)
        guard isWritable else { return nil }
    }

    /// Whether RFC 3339 can write the time: in UTC it is in the years 0 to 9999.
    package var isWritable: Bool { self >= Self.firstWritable && self <= Self.lastWritable }

    /// 0000-01-01T00:00:00.000Z
    package static var firstWritable: Timestamp { Timestamp(milliseconds: -62_167_219_200_000) }
    /// 9999-12-31T23:59:59.999Z
    package static var lastWritable: Timestamp { Timestamp(milliseconds: 253_402_300_799_999) }

    /// The first moment of a year, in UTC.
    package static func newYear(_ year: Int64) -> Timestamp {
        Timestamp(milliseconds: day(year, 1, 1) * 86_400_000)
    }

    static func days(inMonth month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01: the era arithmetic of ``civil``, the other way round.
    static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = year - (month <= 2 ? 1 : 0)
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }
}

/// Reads a time from left to right.
private struct RFC3339Scanner {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { at == bytes.count }

    mutating func consume(_ character: Unicode.Scalar) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private mutating func digit() -> Int64? {
        guard at < bytes.count, ASCII.isDigit(bytes[at]) else { return nil }
        at += 1
        return Int64(bytes[at - 1] - ASCII.zero)
    }

    /// Exactly `count` digits, at most four.
    mutating func digits(_ count: Int, in range: ClosedRange<Int64> = 0...9_999) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return range.contains(value) ? value : nil
    }

    /// The milliseconds of a fraction; 0 where there is none.
    mutating func fraction() -> Int64? {
        guard consume(".") else { return 0 }
        guard let first = digit() else { return nil }
        var milliseconds = first * 100
        var weight: Int64 = 10
        while let next = digit() {
            milliseconds += next * weight
            weight /= 10
        }
        return milliseconds
    }

    /// Minutes that local time is ahead of UTC.
    mutating func offset() -> Int64? {
        if consume("Z") || consume("z") { return 0 }
        let isAhead = consume("+")
        guard isAhead || consume("-"), let hours = digits(2, in: 0...23), consume(":"),
            let minutes = digits(2, in: 0...59)
        else { return nil }
        return (isAhead ? 1 : -1) * (hours * 60 + minutes)
    }
}
