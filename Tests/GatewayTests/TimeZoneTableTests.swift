import Bytes
import Contract
import Foundation
import Glibc
import Testing
import Time

@testable import Gateway

@Suite("Time zones are resolved into tables")
struct TimeZoneTableTests {
    /// 2026-11-20T12:00:00Z
    let now = Timestamp(milliseconds: 1_795_176_000_000)

    private func time(_ text: String) throws -> Timestamp {
        try #require(Timestamp(rfc3339: text))
    }

    private func hours(of day: Range<Timestamp>) -> Int64 {
        (day.upperBound.milliseconds - day.lowerBound.milliseconds) / 3_600_000
    }

    @Test("Paris changes its clocks twice a year, and its days last 24, 23 or 25 hours")
    func paris() throws {
        let paris = try #require(LocalTime.resolving("Europe/Paris", around: now))
        #expect(hours(of: paris.dayInterval(at: now)) == 24)
        #expect(paris.dayInterval(at: now).lowerBound == (try time("2026-11-19T23:00:00Z")))
        let spring = try time("2027-03-28T10:00:00Z")
        #expect(hours(of: paris.dayInterval(at: spring)) == 23)
        #expect(paris.dayInterval(at: spring).lowerBound == (try time("2027-03-27T23:00:00Z")))
        let autumn = try time("2027-10-31T10:00:00Z")
        #expect(hours(of: paris.dayInterval(at: autumn)) == 25)
        #expect(paris.dayInterval(at: autumn).upperBound == (try time("2027-10-31T23:00:00Z")))
        // The change itself: 01:00 UTC on the last Sunday of March.
        let change = try time("2027-03-28T01:00:00Z")
        let offset = try #require(paris.offsets.first { $0.from == change })
        #expect(offset.offsetSeconds == 7_200)
    }

    @Test("the table covers what is near, in both directions, and ten years ahead")
    func span() throws {
        let paris = try #require(LocalTime.resolving("Europe/Paris", around: now))
        let before = try time("2026-03-29T01:00:00Z")
        #expect(paris.offsets.contains { $0.from == before })
        #expect(paris.offsets.count >= 2 * 11)
        let last = try #require(paris.offsets.last)
        #expect(last.from > (try time("2036-11-20T12:00:00Z")))
        // A year back is covered by the first offset.
        #expect(paris.localDay(at: try time("2025-12-01T23:30:00Z")) == 20_424)
    }

    @Test("offsets of half hours, and zones without changes")
    func kolkata() throws {
        let india = try #require(LocalTime.resolving("Asia/Kolkata", around: now))
        #expect(india.offsets.map(\.offsetSeconds) == [19_800])
        #expect(india.dayInterval(at: now).lowerBound == (try time("2026-11-19T18:30:00Z")))
        let nepal = try #require(LocalTime.resolving("Asia/Kathmandu", around: now))
        #expect(nepal.offsets.map(\.offsetSeconds) == [20_700])
        let utc = try #require(LocalTime.resolving("UTC", around: now))
        #expect(utc.offsets.map(\.offsetSeconds) == [0])
    }

    @Test("days agree with the calendar's, hour by hour through a year of changes")
    func againstCalendar() throws {
        for name in ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"] {
            let table = try #require(LocalTime.resolving(name, around: now))
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = try #require(TimeZone(identifier: name))
            var utc = Calendar(identifier: .gregorian)
            utc.timeZone = .gmt
            for hour in stride(from: 0, to: 370 * 24, by: 1) {
                let time = now.advanced(byMilliseconds: Int64(hour) * 3_600_000)
                let date = Date(timeIntervalSince1970: Double(time.milliseconds) / 1_000)
                let parts = calendar.dateComponents([.year, .month, .day], from: date)
                let midnight = try #require(utc.date(from: parts))
                #expect(
                    table.localDay(at: time) == Int32(midnight.timeIntervalSince1970 / 86_400),
                    "\(name) at \(time.rfc3339)")
            }
        }
    }

    @Test(
        "a name that the database does not have is none",
        arguments: [
            "", "Paris", "Europe/Atlantis", "europe/paris", "../../etc/passwd", "/etc/localtime",
            "Europe/Paris ", "GMT+99:00", "\0", "posix/Europe/Paris", "right/Europe/Paris",
            "Europe/../Europe/Paris", "Europe//Paris", "Europe/", "/Europe/Paris", "Europe",
            "./Europe/Paris", "Europe/./Paris", "Europe/Paris\0", "Factory", "localtime",
            "posixrules", "zone.tab", "Zone1970.tab", "tzdata.zi", "leapseconds", "Europe/-Paris",
            ":Europe/Paris", "CET-1CEST", "Europe/Par\u{ED}s", String(repeating: "A", count: 65),
        ])
    func unknown(name: String) {
        #expect(LocalTime.resolving(name, around: now) == nil)
    }

    @Test(
        "names that the system knows and Foundation does not",
        arguments: [
            ("CET", 3_600), ("Japan", 32_400), ("Zulu", 0), ("EST5EDT", -18_000),
            ("Etc/GMT-14", 50_400),
            ("US/Arizona", -25_200), ("GB-Eire", 0), ("W-SU", 10_800), ("NZ-CHAT", 49_500),
        ])
    func linkedNames(name: String, winter: Int32) throws {
        // Debian from 13 on has the old names in a package of their own.
        let database = try #require(TimeZoneDatabase.system())
        guard try database.zone(name) != nil else { return }
        let table = try #require(LocalTime.resolving(name, around: now, in: database))
        #expect(table.offsets.contains { $0.offsetSeconds == winter }, "\(table.offsets)")
    }

    /// Every name of the database, by its files.
    private func names(of database: TimeZoneDatabase) throws -> [String] {
        let all = try FileManager.default.subpathsOfDirectory(atPath: database.folder)
        return try all.filter { name in
            // A folder is none.
            try TimeZoneDatabase.isName(name) && database.zone(name) != nil
        }.sorted()
    }

    @Test("every name of the system's database is read, and agrees with Foundation's copy")
    func againstFoundation() throws {
        let database = try #require(TimeZoneDatabase.system(), "tzdata is not installed")
        let names = try names(of: database)
        #expect(names.count > 300)
        let (start, end) = (Timestamp.newYear(2025), Timestamp.newYear(2038))
        var compared = 0
        var different: [String] = []
        for name in names {
            let table = try #require(
                LocalTime.resolving(name, around: now, in: database), "\(name)")
            guard let other = LocalTime.resolving(name, from: start, until: end) else { continue }
            compared += 1
            if table != other { different.append(name) }
        }
        #expect(compared > 300)
        // The two are of different releases: some government has changed its mind in between.
        #expect(different.count <= 12, "\(different)")
        print("time zones: \(names.count) read, \(compared) compared, different: \(different)")
        for name in TimeZone.knownTimeZoneIdentifiers {
            #expect(LocalTime.resolving(name, around: now) != nil, "\(name)")
        }
    }

    @Test("the folder is the one that TZDIR names, where it is one")
    func folder() throws {
        let folder = try TestFolder()
        let named = TimeZoneDatabase.system(["TZDIR": folder.path])
        #expect(named?.folder == folder.path)
        #expect(TimeZoneDatabase.system(["TZDIR": "/nonexistent"])?.folder != "/nonexistent")
        #expect(TimeZoneDatabase.system(["TZDIR": "relative"])?.folder != "relative")
        let database = try #require(named)
        #expect(try database.zone("Europe/Paris") == nil)
        // An empty database: Foundation's copy, and still no path leads out of it.
        #expect(LocalTime.resolving("Europe/Paris", around: now, in: database) != nil)
        try Data("root:x:0:0".utf8).write(to: URL(filePath: folder.path + "/Passwd"))
        #expect(LocalTime.resolving("Passwd", around: now, in: database) == nil)
        try FileManager.default.createDirectory(
            atPath: folder.path + "/Folder", withIntermediateDirectories: false)
        #expect(LocalTime.resolving("Folder", around: now, in: database) == nil)
        let isMade = unsafe mkfifo(folder.path + "/Pipe", 0o600) == 0
        #expect(isMade)
        #expect(LocalTime.resolving("Pipe", around: now, in: database) == nil, "it does not hang")
    }
}
