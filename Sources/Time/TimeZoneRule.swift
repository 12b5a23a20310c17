internal import Bytes

/// When clocks change, year by year: the `TZ` rule of POSIX.1-2017 (8.3) with the hours of RFC 8536
/// (3.3.1), such as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct TimeZoneRule: Equatable, Sendable {
    /// Seconds that standard time is ahead of UTC.
    private let standard: Int32
    /// The other offset, and when it begins and ends; nil where there is none.
    fileprivate let other: Other?

    fileprivate struct Other: Equatable, Sendable {
        var offset: Int32
        var begins: Moment
        var ends: Moment
    }

    /// A day of every year, and the seconds from its local midnight: more than a day, or negative.
    fileprivate struct Moment: Equatable, Sendable {
        var day: Day
        var seconds: Int64
    }

    fileprivate enum Day: Equatable, Sendable {
        /// 1 to 365; 29 February is not counted.
        case withoutLeapDay(Int64)
        /// 0 to 365; 29 February is counted.
        case withLeapDay(Int64)
        /// The nth such day of the week in a month; 5 is the last. 0 is Sunday.
        case weekday(Int64, week: Int64, month: Int64)
    }

    /// - Returns: nil where the text is no such rule.
    init?(_ text: [UInt8]) {
        var scanner = Scanner(text)
        guard scanner.name(), let west = scanner.offset(maximumHours: 24) else { return nil }
        standard = Int32(-west)
        if scanner.isAtEnd {
            other = nil
            return
        }
        guard scanner.name() else { return nil }
        var offset = Int64(standard) + 3_600
        if !scanner.isAt(",") {
            guard let west = scanner.offset(maximumHours: 24) else { return nil }
            offset = -west
        }
        guard scanner.consume(","), let begins = scanner.moment(), scanner.consume(","),
            let ends = scanner.moment(), scanner.isAtEnd
        else { return nil }
        other = Other(offset: Int32(offset), begins: begins, ends: ends)
    }

    /// The changes of these years, in order; of a rule without any, the offset from their start on.
    func changes(in years: ClosedRange<Int64>) -> [TimeZoneFile.Change] {
        guard let other else {
            let start = Timestamp.day(years.lowerBound, 1, 1) * 86_400
            return [TimeZoneFile.Change(seconds: start, offset: standard)]
        }
        var changes: [TimeZoneFile.Change] = []
        for year in years {
            // Each by the clock that is on the wall until then.
            changes.append(
                TimeZoneFile.Change(
                    seconds: other.begins.localSeconds(in: year) - Int64(standard),
                    offset: other.offset))
            changes.append(
                TimeZoneFile.Change(
                    seconds: other.ends.localSeconds(in: year) - Int64(other.offset),
                    offset: standard))
        }
        func order(_ change: TimeZoneFile.Change) -> (Int64, Int) {
            (change.seconds, change.offset == standard ? 0 : 1)
        }
        changes.sort { order($0) < order($1) }
        // Where one year's ends as the next one's begins (the other offset all year), the beginning
        // counts.
        return changes.indices.filter { index in
            index + 1 == changes.count || changes[index + 1].seconds != changes[index].seconds
        }.map { changes[$0] }
    }
}

extension TimeZoneRule.Moment {
    /// Seconds from 1970 to this moment of a year, as if local time were UTC.
    fileprivate func localSeconds(in year: Int64) -> Int64 {
        dayNumber(in: year) * 86_400 + seconds
    }

    private func dayNumber(in year: Int64) -> Int64 {
        switch day {
        case .withLeapDay(let number): return Timestamp.day(year, 1, 1) + number
        case .withoutLeapDay(let number):
            let isBehind = number >= 60 && Timestamp.days(inMonth: 2, of: year) == 29
            return Timestamp.day(year, 1, 1) + number - 1 + (isBehind ? 1 : 0)
        case .weekday(let weekday, let week, let month):
            let first = Timestamp.day(year, month, 1)
            // 1970-01-01 was a Thursday.
            let firstWeekday = ((first + 4) % 7 + 7) % 7
            let offset = (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
            let isBeyond = offset >= Timestamp.days(inMonth: month, of: year)
            return first + offset - (isBeyond ? 7 : 0)
        }
    }
}

extension TimeZoneRule {
    /// Reads a rule from left to right.
    private struct Scanner {
        private let bytes: [UInt8]
        private var at = 0

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
        }

        var isAtEnd: Bool { at == bytes.count }

        func isAt(_ character: Unicode.Scalar) -> Bool {
            at < bytes.count && bytes[at] == UInt8(ascii: character)
        }

        mutating func consume(_ character: Unicode.Scalar) -> Bool {
            guard isAt(character) else { return false }
            at += 1
            return true
        }

        /// An abbreviation: three letters or more, or letters, digits and signs in `<>`.
        mutating func name() -> Bool {
            if consume("<") {
                while at < bytes.count, !isAt(">") { at += 1 }
                return consume(">")
            }
            let start = at
            while at < bytes.count, isLetter(bytes[at]) { at += 1 }
            return at - start >= 3
        }

        private func isLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }

        /// `[+-]h[h[h]][:mm[:ss]]` in seconds.
        mutating func offset(maximumHours: Int64) -> Int64? {
            let isNegative = consume("-")
            if !isNegative { _ = consume("+") }
            guard let hours = number(maximumHours) else { return nil }
            var seconds = hours * 3_600
            if consume(":") {
                guard let minutes = number(59) else { return nil }
                seconds += minutes * 60
                if consume(":") {
                    guard let rest = number(59) else { return nil }
                    seconds += rest
                }
            }
            return isNegative ? -seconds : seconds
        }

        private mutating func number(_ maximum: Int64, minimum: Int64 = 0) -> Int64? {
            let start = at
            var value: Int64 = 0
            while at < bytes.count, at - start < 3, ASCII.isDigit(bytes[at]) {
                value = value * 10 + Int64(bytes[at] - ASCII.zero)
                at += 1
            }
            return at > start && value >= minimum && value <= maximum ? value : nil
        }

        /// A date with the time of day, 02:00 where there is none.
        mutating func moment() -> Moment? {
            guard let day = day() else { return nil }
            guard consume("/") else { return Moment(day: day, seconds: 7_200) }
            return offset(maximumHours: 167).map { Moment(day: day, seconds: $0) }
        }

        private mutating func day() -> Day? {
            if consume("J") { return number(365, minimum: 1).map { .withoutLeapDay($0) } }
            guard consume("M") else { return number(365).map { .withLeapDay($0) } }
            guard let month = number(12, minimum: 1), consume("."),
                let week = number(5, minimum: 1), consume("."), let weekday = number(6)
            else { return nil }
            return .weekday(weekday, week: week, month: month)
        }
    }
}
