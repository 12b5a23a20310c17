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
        let lines = records.all.map { maintenance in
            ServiceStatus.MaintenanceLine(
                maintenance: maintenance.number, kind: maintenance.kind,
                state: maintenance.state(at: now), note: maintenance.note,
                starts: StatusTime(maintenance.starts),
                ends: maintenance.ends.map { StatusTime($0) })
        }
        let change = ServiceStatus.ChangeLine(
            change: 3, degrades: true, note: note, announcedAt: StatusTime(now),
            takesEffectAt: StatusTime(now.advanced(byMilliseconds: 40 * 86_400_000)))
        let status = StatusReader(Ledger().catalogue, at: now).statusOfAll()
            .with(
                maintenance: ServiceStatus.Lines(lines) { $0 },
                changes: ServiceStatus.Lines([change]) { $0 })
        let file = CalendarFile(status, in: language, host: "portillon", now: now)
        return String(decoding: file.bytes, as: UTF8.self)
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
        #expect(lines.first { $0.name == "DTSTART" }?.value == "20261120T130000Z")
        #expect(lines.first { $0.name == "DTEND" }?.value == "20261120T130100Z")
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
                lines.firstIndex { $0.name == "UID" && $0.value == "change-3@portillon" })
            let event = lines[start...].prefix { $0.name != "END" }
            #expect(event.first { $0.name == "SUMMARY" }?.value == summary)
            #expect(event.first { $0.name == "DTSTART" }?.value == "20261230T120000Z")
            #expect(!event.contains { $0.name == "DTEND" })
            #expect(event.first { $0.name == "TRANSP" }?.value == "TRANSPARENT")
        }
    }
}

extension ServiceStatus {
    fileprivate func with(
        maintenance: Lines<MaintenanceLine>, changes: Lines<ChangeLine>
    ) -> ServiceStatus {
        ServiceStatus(
            asOf: asOf, timeZone: timeZone, localTime: localTime, client: client, state: state,
            measuredAt: measuredAt, months: months, days: days, incidents: incidents,
            maintenance: maintenance, changes: changes, operations: operations,
            campaigns: campaigns)
    }
}
