import Bytes
import Testing

@testable import Time

/// A file of the database, from its parts.
private struct WrittenZone {
    var version: UInt8 = 0x32
    var changes: [(seconds: Int64, type: UInt8)] = []
    var offsets: [Int32] = [3_600]
    var leapSeconds = 0
    var footer = ""

    var bytes: [UInt8] {
        let header = block(header: version, wide: false, empty: version != 0)
        return version == 0
            ? header : header + block(header: version, wide: true, empty: false) + footerBytes
    }

    private var footerBytes: [UInt8] { [0x0A] + Array(footer.utf8) + [0x0A] }

    private func block(header version: UInt8, wide: Bool, empty: Bool) -> [UInt8] {
        var bytes = Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
        let changes = empty ? [] : changes
        let offsets = empty ? [] : offsets
        let leaps = empty ? 0 : leapSeconds
        for count in [0, 0, leaps, changes.count, offsets.count, offsets.isEmpty ? 0 : 4] {
            bytes += big(Int64(count), 4)
        }
        for change in changes { bytes += big(change.seconds, wide ? 8 : 4) }
        bytes += changes.map(\.type)
        for offset in offsets { bytes += big(Int64(offset), 4) + [0, 0] }
        if !offsets.isEmpty { bytes += Array("XXX\0".utf8) }
        bytes += [UInt8](repeating: 0, count: leaps * (wide ? 12 : 8))
        return bytes
    }

    private func big(_ value: Int64, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}

@Suite("Time zones are read from the files of the system's database")
struct TimeZoneFileTests {
    private func time(_ text: String) throws -> Timestamp {
        try #require(Timestamp(rfc3339: text))
    }

    private func read(_ bytes: [UInt8]) throws -> TimeZoneFile {
        var buffer = ByteBuffer(capacity: bytes.count + 1)
        bytes.withBytes { buffer.append($0) }
        return try TimeZoneFile(buffer.bytes)
    }

    private func offsets(
        _ zone: WrittenZone, from start: String, until end: String
    ) throws -> [String] {
        let table = try read(zone.bytes).localTime(from: try time(start), until: try time(end))
        return try #require(table).offsets.map { offset in
            "\(offset.from.rfc3339.prefix(16)) \(offset.offsetSeconds)"
        }
    }

    @Test("changes that are written, in files of each kind", arguments: [0, 0x32, 0x33] as [UInt8])
    func changes(version: UInt8) throws {
        let zone = WrittenZone(
            version: version,
            changes: [(1_000_000_000, 1), (1_000_086_400, 1), (1_100_000_000, 0)],
            offsets: [3_600, 7_200])
        #expect(
            try offsets(zone, from: "2000-01-01T00:00:00Z", until: "2010-01-01T00:00:00Z") == [
                "2000-01-01T00:00 3600", "2001-09-09T01:46 7200", "2004-11-09T11:33 3600",
            ], "a change to the same offset is none")
        #expect(
            try offsets(zone, from: "2002-01-01T00:00:00Z", until: "2003-01-01T00:00:00Z") == [
                "2002-01-01T00:00 7200"
            ])
    }

    @Test("behind the last change the rule holds, for ever")
    func rule() throws {
        let zone = WrittenZone(
            changes: [(1_000_000_000, 0)], footer: "CET-1CEST,M3.5.0,M10.5.0/3")
        #expect(
            try offsets(zone, from: "9990-01-01T00:00:00Z", until: "9991-06-01T00:00:00Z") == [
                "9990-01-01T00:00 3600", "9990-03-25T01:00 7200", "9990-10-28T01:00 3600",
                "9991-03-31T01:00 7200",
            ])
    }

    @Test(
        "each form of a rule",
        arguments: [
            ("UTC0", ["2026-01-01T00:00 0"]),
            ("<+0545>-5:45", ["2026-01-01T00:00 20700"]),
            ("<-03>3", ["2026-01-01T00:00 -10800"]),
            (
                "EST5EDT,M3.2.0,M11.1.0",
                ["2026-01-01T00:00 -18000", "2026-03-08T07:00 -14400", "2026-11-01T06:00 -18000"]
            ),
            // Daylight saving is below standard time, in winter.
            (
                "IST-1GMT0,M10.5.0,M3.5.0/1",
                ["2026-01-01T00:00 0", "2026-03-29T01:00 3600", "2026-10-25T01:00 0"]
            ),
            // In the south, half an hour; hours beyond a day, and before midnight.
            (
                "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
                ["2026-01-01T00:00 39600", "2026-04-04T15:00 37800", "2026-10-03T15:30 39600"]
            ),
            (
                "EET-2EEST,M3.4.4/50,M10.4.4/50",
                ["2026-01-01T00:00 7200", "2026-03-28T00:00 10800", "2026-10-23T23:00 7200"]
            ),
            (
                "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
                ["2026-01-01T00:00 -7200", "2026-03-29T01:00 -3600", "2026-10-25T01:00 -7200"]
            ),
            // Days of the year, without and with 29 February.
            (
                "AAA0BBB,J60/0,J61/0",
                ["2026-01-01T00:00 0", "2026-03-01T00:00 3600", "2026-03-01T23:00 0"]
            ),
            (
                "AAA0BBB,59/0,60/0",
                ["2026-01-01T00:00 0", "2026-03-01T00:00 3600", "2026-03-01T23:00 0"]
            ),
            // The other offset all year.
            ("EST5EDT,0/0,J365/25", ["2026-01-01T00:00 -14400"]),
        ])
    func rules(text: String, expected: [String]) throws {
        let found = try offsets(
            WrittenZone(footer: text), from: "2026-01-01T00:00:00Z", until: "2027-01-01T00:00:00Z")
        #expect(found == expected)
    }

    @Test("29 February counts where the rule says so")
    func leapDays() throws {
        func change(_ rule: String) throws -> String? {
            try offsets(
                WrittenZone(footer: rule), from: "2028-01-01T00:00:00Z",
                until: "2029-01-01T00:00:00Z"
            ).dropFirst().first
        }
        #expect(try change("AAA0BBB,J60/0,J300") == "2028-03-01T00:00 3600")
        #expect(try change("AAA0BBB,59/0,300") == "2028-02-29T00:00 3600")
    }

    @Test(
        "what is no rule is no file",
        arguments: [
            "X", "CE-1", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-25", "<+01",
            "CET-1CEST,M0.5.0,M1.1.1",
            "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J2",
            "CET-1CEST,366,1", "CET-1CEST,M3.5.0/168,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0,",
            "CET-1:60", "CET-1 ",
        ])
    func wrongRules(text: String) {
        #expect(throws: TimeZoneFileError.malformed("its footer")) {
            try read(WrittenZone(footer: text).bytes)
        }
    }

    @Test("a file that is cut anywhere, or has another byte anywhere, is refused or read: no trap")
    func damage() throws {
        let whole = WrittenZone(
            changes: [(1_000_000_000, 1), (1_100_000_000, 0)], offsets: [3_600, 7_200],
            footer: "CET-1CEST,M3.5.0,M10.5.0/3"
        ).bytes
        for length in 0..<whole.count {
            #expect(throws: TimeZoneFileError.self) { try read(Array(whole[..<length])) }
        }
        let (start, end) = (try time("2026-01-01T00:00:00Z"), try time("2038-01-01T00:00:00Z"))
        for index in whole.indices {
            for bit in 0..<8 {
                var bytes = whole
                bytes[index] ^= 1 << bit
                // Refused or read, whichever: it must come back.
                _ = try? read(bytes).localTime(from: start, until: end)
            }
        }
    }

    @Test("leap seconds, changes out of order, offsets that are not there")
    func contradictions() {
        #expect(throws: TimeZoneFileError.countsLeapSeconds) {
            try read(WrittenZone(leapSeconds: 1).bytes)
        }
        #expect(throws: TimeZoneFileError.malformed("changes out of order")) {
            try read(WrittenZone(changes: [(2, 0), (2, 0)]).bytes)
        }
        #expect(throws: TimeZoneFileError.malformed("an offset that is not there")) {
            try read(WrittenZone(changes: [(2, 1)]).bytes)
        }
        #expect(throws: TimeZoneFileError.malformed("an offset of more than a day")) {
            try read(WrittenZone(offsets: [86_401]).bytes)
        }
        #expect(throws: TimeZoneFileError.malformed("no offset")) {
            try read(WrittenZone(offsets: []).bytes)
        }
    }
}
