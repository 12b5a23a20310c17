import Availability
import Evidence
import Ledger
import Testing
import Time

@testable import Gateway

@Suite("A calendar file is what RFC 5545 says, whatever its texts are")
struct CalendarFileTests {
    private let now = Timestamp(milliseconds: 1_795_176_000_000)

    /// Maintenance and a change with this note, as their client's calendar has them.
    private func file(_ note: String, in language: Language = .english) throws -> String {
        var records = MaintenanceRegister()
        let starts = now.advanced(byMilliseconds: 3_600_000)
        _ = try records.announce(
            MaintenanceOrder(
                kind: .scheduled, note: note, starts: starts,
                ends: starts.advanced(byMilliseconds: 60_000)),
            at: now, in: .utc)
        _ = try records.announce(
            MaintenanceOrder(kind: .emergency, note: "", starts: now, ends: nil), at: now, in: .utc)
        var changes = ServiceChanges()
        for _ in 1...3 {
            _ = try changes.announce(
                client: nil, note: note, degrades: true,
                takesEffectAt: now.advanced(byMilliseconds: 40 * 86_400_000), at: now,
                by: OperatorCalendar())
        }
        let planned =
            records.all.compactMap { event($0) }
            + changes.all.suffix(1).compactMap {
                PlannedEvent($0, note: $0.note, from: now, at: now)
            }
        let file = CalendarFile(planned, in: language, now: now)
        return String(decoding: file.bytes, as: UTF8.self)
    }

    private func event(_ maintenance: Maintenance, at time: Timestamp? = nil) -> PlannedEvent? {
        PlannedEvent(maintenance, note: maintenance.note, from: time ?? now, at: time ?? now)
    }

    /// Content lines as a reader unfolds them (RFC 5545, 3.1).
    private func lines(_ file: String) throws -> [(name: String, value: String)] {
        let bytes = Array(file.utf8)
        #expect(bytes.suffix(2) == [13, 10])
        for (index, byte) in bytes.enumerated() where byte == 10 || byte == 13 {
            let other = byte == 10 ? index - 1 : index + 1
            #expect(bytes[other] == (byte == 10 ? 13 : 10), "a line break by itself")
        }
        var lines: [[UInt8]] = []
        for line in bytes.split(separator: 10).map({ $0.dropLast() }) {
            #expect(line.count <= 75)
            #expect(String(validating: line, as: UTF8.self) != nil, "a character is cut")
            if line.first == 32 {
                lines[lines.count - 1] += line.dropFirst()
            } else {
                lines.append(Array(line))
            }
        }
        return try lines.map { line in
            let text = String(decoding: line, as: UTF8.self)
            let colon = try #require(text.unicodeScalars.firstIndex(of: ":"))
            return (
                String(text[..<colon]), String(text[text.unicodeScalars.index(after: colon)...])
            )
        }
    }

    /// A text as it was before it was escaped (RFC 5545, 3.3.11).
    private func text(_ value: String) throws -> String {
        var text = ""
        var isEscaped = false
        for scalar in value.unicodeScalars {
            if isEscaped {
                try #require("\\;,nN".unicodeScalars.contains(scalar))
                text.unicodeScalars.append(scalar == "n" || scalar == "N" ? "\n" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                try #require(!";,".unicodeScalars.contains(scalar))
                try #require(scalar.value >= 32 || scalar == "\t", "a control character")
                text.unicodeScalars.append(scalar)
            }
        }
        try #require(!isEscaped)
        return text
    }

    @Test(
        "a reader finds the events and their texts",
        arguments: [
            ("a disk", "a disk"), ("a;b,c\\d", "a;b,c\\d"),
            ("one\ntwo\r\nthree\rfour", "one\ntwo\nthree\nfour"),
            ("BEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT", "BEGIN:VEVENT\nUID:x\nEND:VEVENT"),
            ("a\u{0}b\u{7F}c\td", "abc\td"), (String(repeating: "é", count: 300), nil),
            ("e" + String(repeating: "\u{301}", count: 300), nil),
            (String(repeating: "👨‍👩‍👧", count: 60), nil),
            (String(repeating: ",", count: 200), nil),
        ] as [(String, String?)])
    func read(note: String, expected: String?) throws {
        let lines = try lines(try file(note))
        #expect(lines.first?.name == "BEGIN" && lines.first?.value == "VCALENDAR")
        #expect(lines.last?.name == "END" && lines.last?.value == "VCALENDAR")
        #expect(lines.count { $0.name == "BEGIN" && $0.value == "VEVENT" } == 3)
        for name in ["UID", "DTSTAMP", "DTSTART", "SUMMARY"] {
            #expect(lines.count { $0.name == name } == 3, "\(name)")
        }
        let starts = lines.filter { $0.name == "DTSTART" }.map(\.value)
        #expect(starts == ["20261120T130000Z", "20261120T120000Z", "20261230T120000Z"])
        let ends = lines.filter { $0.name == "DTEND" }.map(\.value)
        #expect(ends == ["20261120T130100Z", "20261120T140000Z"])
        let descriptions = lines.filter { $0.name == "DESCRIPTION" }.map(\.value)
        #expect(descriptions.count == 3)
        for description in [descriptions[0], descriptions[2]] {
            let found = try text(description)
            #expect(Array(found.utf8) == Array((expected ?? note).utf8))
        }
    }

    @Test("an announced change is a moment that keeps nobody busy, in both languages")
    func change() throws {
        for (language, summary, tag) in [
            (Language.english, "A change that reduces the service", "EN"),
            (.french, "Une modification qui réduit le service", "FR"),
        ] {
            let lines = try lines(try file("exports by night", in: language))
            #expect(lines.contains { $0.name == "PRODID" && $0.value.hasSuffix("//\(tag)") })
            let start = try #require(
                lines.firstIndex { $0.name == "UID" && $0.value.hasPrefix("change-3-") })
            let event = lines[start...].prefix { $0.name != "END" }
            #expect(event.first { $0.name == "SUMMARY" }?.value == summary)
            #expect(event.first { $0.name == "DTSTART" }?.value == "20261230T120000Z")
            #expect(!event.contains { $0.name == "DTEND" })
            #expect(event.first { $0.name == "TRANSP" }?.value == "TRANSPARENT")
        }
    }

    /// The minutes from ``now`` on.
    private func after(_ minutes: Int64) -> Timestamp {
        now.advanced(byMilliseconds: minutes * 60_000)
    }

    private func announced(
        _ kind: MaintenanceKind = .scheduled, ends: Timestamp?, at time: Timestamp? = nil
    ) throws -> MaintenanceRegister {
        var records = MaintenanceRegister()
        _ = try records.announce(
            MaintenanceOrder(kind: kind, note: "", starts: after(60), ends: ends),
            at: time ?? now, in: .utc)
        return records
    }

    @Test("an event stays the same one, and each change of it is seen")
    func revisions() throws {
        var records = try announced(ends: after(120))
        let first = try #require(event(records.all[0]))
        #expect(first.sequence == 0 && first.changedAt == now && !first.isCancelled)
        #expect(event(records.all[0], at: after(30)) == first, "when it is read changes nothing")
        try records.extend(1, until: after(180), at: after(10))
        let longer = try #require(event(records.all[0], at: after(10)))
        #expect(longer.uid == first.uid && longer.sequence > first.sequence)
        #expect(longer.changedAt == after(10) && longer.ends == after(180))
        try records.stop(1, at: after(20))
        let cancelled = try #require(event(records.all[0], at: after(20)))
        #expect(cancelled.uid == first.uid && cancelled.sequence > longer.sequence)
        #expect(cancelled.isCancelled && cancelled.starts == first.starts)
        #expect(event(records.all[0], at: after(180)) == nil, "it would be over")
        let bytes = CalendarFile([cancelled], in: .english, now: now).bytes
        let lines = try lines(String(decoding: bytes, as: UTF8.self))
        for (name, value) in [
            ("STATUS", "CANCELLED"), ("SEQUENCE", "1200"), ("DTSTAMP", "20261120T122000Z"),
            ("LAST-MODIFIED", "20261120T122000Z"),
        ] {
            #expect(lines.filter { $0.name == name }.map(\.value) == [value], "\(name)")
        }
    }

    @Test("one that ended early ends then; one that has run its time is none any more")
    func ended() throws {
        var records = try announced(ends: after(120))
        #expect(event(records.all[0], at: after(120)) == nil)
        try records.stop(1, at: after(90))
        let early = try #require(event(records.all[0], at: after(100)))
        #expect(early.ends == after(90) && !early.isCancelled && early.sequence == 5_400)
    }

    @Test("one without an end lasts an hour or more, and longer while it goes on")
    func withoutEnd() throws {
        var records = try announced(.emergency, ends: nil)
        let cases: [(Int64, Int64)] = [
            (0, 180), (60, 180), (119, 180), (120, 240), (200, 300),
        ]
        for (minutes, ends) in cases {
            let found = try #require(event(records.all[0], at: after(minutes)))
            #expect(found.ends == after(ends) && !found.isEndKnown, "\(minutes)")
        }
        let (begun, later) = (event(records.all[0]), event(records.all[0], at: after(200)))
        #expect(try #require(later).sequence > #require(begun).sequence)
        let bytes = CalendarFile([try #require(begun)], in: .english, now: now).bytes
        #expect(String(decoding: bytes, as: UTF8.self).contains("Its end is not known yet."))
        try records.stop(1, at: after(210))
        let over = try #require(event(records.all[0], at: after(211)))
        #expect(over.ends == after(210) && over.isEndKnown)
        #expect(event(records.all[0], at: after(400)) == nil)
    }

    @Test("the same number of another gateway is another event")
    func unique() throws {
        let one = try #require(event(try announced(ends: after(120)).all[0]))
        let time = now.advanced(byMilliseconds: 1)
        let other = try #require(event(try announced(ends: after(120), at: time).all[0]))
        #expect(one.uid != other.uid && one.uid.hasPrefix("maintenance-1-"))
    }

    @Test("all that is announced is there, however far ahead, unless an end is asked for")
    func far() throws {
        var records = ServiceRecords()
        _ = try records.maintenance.announce(
            MaintenanceOrder(
                kind: .scheduled, note: "n", starts: after(60), ends: after(120),
                recurrence: Recurrence(.days(7), occurrences: 104)),
            at: now, in: .utc)
        func count(to end: Timestamp?) -> Int {
            PlannedEvent.all(
                of: records, from: now, to: end, at: now, isVisible: { _ in true },
                maintenanceNote: { $0.note }, changeNote: { $0.note }
            ).count
        }
        #expect(count(to: nil) == 104)
        #expect(count(to: after(15 * 24 * 60)) == 3)
    }
}
