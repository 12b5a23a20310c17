internal import Bytes

/// A time zone as a file of the system's database describes it (TZif, RFC 8536): its changes of
/// offset so far, and the rule for the time behind them.
package struct TimeZoneFile: Sendable {
    /// Seconds since 1970 at which another offset begins to hold, in order.
    private var changes: [Change] = []
    /// What holds before the first change; seconds ahead of UTC.
    private var firstOffset: Int32 = 0
    /// What holds behind the last change; nil: its offset for ever.
    private var rule: TimeZoneRule?

    /// From this second on, local time is so many seconds ahead of UTC.
    struct Change: Equatable, Sendable {
        var seconds: Int64
        var offset: Int32
    }

    /// The largest file that is read: the largest of the database has below 4 KiB.
    package static var maximumBytes: Int { 256 << 10 }

    /// - Throws: ``TimeZoneFileError`` where the bytes are not such a file, contradict themselves,
    ///   or count leap seconds, which timestamps do not.
    package init(_ bytes: RawSpan) throws(TimeZoneFileError) {
        var reader = Reader(bytes)
        let header = try reader.header()
        if header.version == 0 {
            try readBlock(&reader, header, timeBytes: 4)
            return
        }
        // The first block is for readers of 32 bits; the second has all of it.
        try reader.skip(header.blockBytes(timeBytes: 4))
        let second = try reader.header()
        try readBlock(&reader, second, timeBytes: 8)
        let text = try reader.footer()
        if !text.isEmpty {
            guard let rule = TimeZoneRule(text) else { throw .malformed("its footer") }
            self.rule = rule
        }
    }

    private mutating func readBlock(
        _ reader: inout Reader, _ header: Reader.Header, timeBytes: Int
    ) throws(TimeZoneFileError) {
        guard header.leapSeconds == 0 else { throw .countsLeapSeconds }
        guard header.types > 0 else { throw .malformed("no offset") }
        var times: [Int64] = []
        for _ in 0..<header.times {
            let time = try reader.integer(bytes: timeBytes)
            if let last = times.last, last >= time { throw .malformed("changes out of order") }
            times.append(time)
        }
        var types: [Int] = []
        for _ in 0..<header.times { types.append(Int(try reader.byte())) }
        var offsets: [Int32] = []
        for _ in 0..<header.types {
            let offset = Int32(truncatingIfNeeded: try reader.integer(bytes: 4))
            guard offset.magnitude <= LocalTime.maximumOffsetSeconds.magnitude else {
                throw .malformed("an offset of more than a day")
            }
            offsets.append(offset)
            try reader.skip(2)
        }
        try reader.skip(header.names + header.standardFlags + header.universalFlags)
        firstOffset = offsets[0]
        for (time, type) in zip(times, types) {
            guard type < offsets.count else { throw .malformed("an offset that is not there") }
            changes.append(Change(seconds: time, offset: offsets[type]))
        }
    }

    // MARK: What it says

    /// The table of the offsets from `start` on; those that begin before `end`.
    /// - Returns: nil where there are more than a table can have.
    package func localTime(from start: Timestamp, until end: Timestamp) -> LocalTime? {
        let first = start.milliseconds / 1_000
        let last = end.milliseconds / 1_000
        var table = [LocalTime.Offset(from: start, offsetSeconds: firstOffset)]
        for change in changes + changesByRule(from: start, until: end) {
            if change.seconds <= first {
                table[0].offsetSeconds = change.offset
            } else if change.seconds < last, change.offset != table[table.count - 1].offsetSeconds {
                table.append(
                    LocalTime.Offset(
                        from: Timestamp(milliseconds: change.seconds * 1_000),
                        offsetSeconds: change.offset))
            }
        }
        // In order and within a day; what it can still be is too long.
        return try? LocalTime(table)
    }

    /// What the rule says, behind the last change that is written.
    private func changesByRule(from start: Timestamp, until end: Timestamp) -> [Change] {
        guard let rule else { return [] }
        // A rule's moment lies up to a week outside its year.
        let years = (start.civil.year - 2)...(end.civil.year + 1)
        guard let last = changes.last else { return rule.changes(in: years) }
        return rule.changes(in: years).filter { $0.seconds > last.seconds }
    }
}

/// Why a file is not read as a time zone.
package enum TimeZoneFileError: Error, Equatable {
    /// It is none, or not whole.
    case notTimeZone
    case malformed(String)
    case countsLeapSeconds
}

extension TimeZoneFile {
    /// Reads a file from front to back; numbers have their most significant byte first.
    private struct Reader: ~Escapable {
        private let bytes: RawSpan
        private var at = 0

        /// The counts of one block.
        struct Header {
            var version: UInt8
            var universalFlags: Int
            var standardFlags: Int
            var leapSeconds: Int
            var times: Int
            var types: Int
            var names: Int

            func blockBytes(timeBytes: Int) -> Int {
                times * (timeBytes + 1) + types * 6 + names + leapSeconds * (timeBytes + 4)
                    + standardFlags + universalFlags
            }
        }

        @_lifetime(copy bytes)
        init(_ bytes: RawSpan) {
            self.bytes = bytes
        }

        @_lifetime(self: copy self)
        mutating func byte() throws(TimeZoneFileError) -> UInt8 {
            guard at < bytes.byteCount else { throw .notTimeZone }
            at += 1
            return bytes[at - 1]
        }

        @_lifetime(self: copy self)
        mutating func skip(_ count: Int) throws(TimeZoneFileError) {
            guard count <= bytes.byteCount - at else { throw .notTimeZone }
            at += count
        }

        /// A signed number of 4 or 8 bytes.
        @_lifetime(self: copy self)
        mutating func integer(bytes count: Int) throws(TimeZoneFileError) -> Int64 {
            var value: UInt64 = 0
            for _ in 0..<count { value = value << 8 | UInt64(try byte()) }
            return count == 8
                ? Int64(bitPattern: value)
                : Int64(Int32(bitPattern: UInt32(truncatingIfNeeded: value)))
        }

        /// A count: none is larger than the file that holds what it counts.
        @_lifetime(self: copy self)
        private mutating func count() throws(TimeZoneFileError) -> Int {
            let count = try integer(bytes: 4)
            guard count >= 0, count <= TimeZoneFile.maximumBytes else { throw .notTimeZone }
            return Int(count)
        }

        @_lifetime(self: copy self)
        mutating func header() throws(TimeZoneFileError) -> Header {
            for expected in "TZif".utf8 {
                guard try byte() == expected else { throw .notTimeZone }
            }
            let version = try byte()
            try skip(15)
            let universal = try count()
            let standard = try count()
            let leapSeconds = try count()
            let times = try count()
            let types = try count()
            let names = try count()
            return Header(
                version: version, universalFlags: universal, standardFlags: standard,
                leapSeconds: leapSeconds, times: times, types: types, names: names)
        }

        /// What stands between the two line ends at the file's end.
        @_lifetime(self: copy self)
        mutating func footer() throws(TimeZoneFileError) -> [UInt8] {
            guard try byte() == ASCII.lineFeed else { throw .notTimeZone }
            var text: [UInt8] = []
            while true {
                let next = try byte()
                if next == ASCII.lineFeed { return text }
                text.append(next)
            }
        }
    }
}
