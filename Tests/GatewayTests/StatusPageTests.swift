import Availability
import Bytes
import Cryptography
import Evidence
import Foundation
import Ledger
import Testing
import Time

@testable import Gateway

@Suite("The status page: what it says, and what it leaves out")
struct StatusPageTests {
    private static let hostile = "<script>alert('1')</script> & \"x\" \u{202E}"
    private let now = Timestamp(milliseconds: 1_795_176_000_000)

    /// Two clients, an operation of each, and what is on record of the service.
    private func catalogue(
        _ more: [AdministrativeCommand] = []
    ) throws -> Catalogue {
        var ledger = Ledger()
        let settings = OperationSettings(
            client: "bolt", title: "Loto d'automne", rule: .once, robots: .off, policy: .advise)
        let commands: [AdministrativeCommand] = [
            .contract(.putClient(id: "acme", name: "Acme Foods")),
            .contract(.putClient(id: "bolt", name: "Bolt")),
            .operation(.put(id: "loto-2026", settings: settings, dataKeyID: "d")),
        ]
        for command in commands {
            _ = try ledger.apply(
                command, by: .admin, at: now.advanced(byMilliseconds: -40 * 86_400_000))
        }
        for command in more { _ = try ledger.apply(command, by: .admin, at: now) }
        return ledger.catalogue
    }

    private func incident(
        _ number: UInt32, _ title: String, client: String? = nil
    ) -> AdministrativeCommand {
        .incident(
            .open(
                number: number,
                IncidentOrder(.critical, title: title, note: "by marie", client: client)))
    }

    private func maintenance(
        _ number: UInt32, _ note: String, client: String? = nil, inHours hours: Int64 = 24
    ) -> AdministrativeCommand {
        let starts = now.advanced(byMilliseconds: hours * 3_600_000)
        return .maintenance(
            .announce(
                number: number,
                MaintenanceTerms(
                    kind: .scheduled, client: client, note: note, starts: starts,
                    ends: starts.advanced(byMilliseconds: 3_600_000))))
    }

    private func statusOfAll(_ catalogue: Catalogue) -> ServiceStatus {
        StatusReader(catalogue, at: now).statusOfAll()
    }

    private func status(_ catalogue: Catalogue, of client: String) throws -> ServiceStatus {
        StatusReader(catalogue, at: now).status(
            of: try #require(catalogue.client(client)),
            counts: { _ in OperationCounts(entries: 0, participants: 0) },
            campaigns: ServiceStatus.Lines([WaveView]()) { $0 })
    }

    private func text(_ status: ServiceStatus) -> String {
        String(decoding: ControlReply.json(status), as: UTF8.self)
    }

    // MARK: What it says

    @Test("its month is the reports' one, also while a month's first midnight comes twice")
    func month() throws {
        // Havana, 2026-11-01: from one back to midnight.
        func utc(_ day: CivilDay, hour: Int64) -> Timestamp {
            Timestamp(milliseconds: (day.number * 24 + hour) * 3_600_000)
        }
        let first = CivilDay(2026, 11, 1)
        let havana = try LocalTime([
            LocalTime.Offset(from: utc(CivilDay(2020, 1, 1), hour: 0), offsetSeconds: -4 * 3_600),
            LocalTime.Offset(from: utc(first, hour: 5), offsetSeconds: -5 * 3_600),
        ])
        let calendar = OperatorCalendar(timeZone: "America/Havana", localTime: havana)
        let catalogue = try catalogue([.fact(.started(version: "1", calendar: calendar))])
        for (minutes, month) in [(-1, CivilMonth(2026, 10)), (0, CivilMonth(2026, 11))] {
            let moment = utc(first, hour: 5).advanced(byMilliseconds: Int64(minutes) * 60_000)
            #expect(CivilMonth(at: moment, in: havana) == month)
            let months = StatusReader(catalogue, at: moment).statusOfAll().months
            #expect(months.first?.month == month)
        }
    }

    @Test("everybody learns what concerns all clients, and nobody's name")
    func everybody() throws {
        let catalogue = try catalogue([
            incident(1, "No entry is accepted"), incident(2, "Only Acme's", client: "acme"),
            maintenance(1, "a disk, by Jean"), maintenance(2, "of bolt", client: "bolt"),
        ])
        let status = statusOfAll(catalogue)
        #expect(status.incidents.shown.map(\.incident) == [1] && status.client == nil)
        #expect(status.maintenance.shown.map(\.maintenance) == [1])
        #expect(status.operations == nil && status.campaigns == nil)
        let found = text(status) + StatusPage(status, .english).text
        #expect(found.contains("No entry is accepted"))
        for word in ["acme", "Acme", "bolt", "loto", "Loto", "marie", "Jean", "a disk"] {
            #expect(!found.contains(word), "\(word)")
        }
    }

    @Test(
        "a title that names a client, an operation or an address is left out in public",
        arguments: [
            ("Entries of ACME-FOODS fail", true), ("acme", true), ("For bolt, too", true),
            ("Loto d’automne: slow", true), ("loto 2026 is slow", true), ("loto-2026", true),
            ("write to marie@example.org", true),
            ("Acme outage", true), ("Loto", true), ("Automne: slow", false),
            ("Acmes", false), ("A bolted door", false), ("2026 foods", false), ("", false),
        ])
    func names(title: String, isLeftOut: Bool) throws {
        let parties = NamedParties(in: [title, "Slow answers"], try catalogue())
        #expect(parties.naming == (isLeftOut ? [title] : []))
    }

    @Test("short, common and other words of a name do not hide a title")
    func significantWords() throws {
        let more: [AdministrativeCommand] = [
            .contract(.putClient(id: "service-sa", name: "The Service SA")),
            .contract(.putClient(id: "ab-agence", name: "AB Agence Zephyr")),
        ]
        let shown = [
            "The service is slow", "Agence", "AB is slow", "SA", "Entries of the service fail",
        ]
        let hidden = ["Zephyr cannot enter", "the service, SA", "For ab-agence"]
        #expect(NamedParties(in: shown + hidden, try catalogue(more)).naming == Set(hidden))
    }

    @Test("a client learns of its own service, and of no other client's")
    func client() throws {
        let catalogue = try catalogue([
            incident(1, "All of it, Acme and Bolt"), incident(2, "Only Acme's", client: "acme"),
            incident(3, "Secret of Bolt", client: "bolt"),
            maintenance(1, "a disk"), maintenance(2, "secret window", client: "bolt"),
        ])
        let acme = try status(catalogue, of: "acme")
        #expect(acme.incidents.shown.map(\.incident) == [2, 1])
        #expect(acme.incidents.shown.last?.title == "All of it, Acme and Bolt")
        #expect(acme.maintenance.shown.map(\.note) == ["a disk"])
        #expect(acme.operations?.shown.isEmpty == true)
        for word in ["Secret", "secret", "loto-2026", "marie"] {
            #expect(!(text(acme) + StatusPage(acme, .french).text).contains(word), "\(word)")
        }
        let bolt = try status(catalogue, of: "bolt")
        #expect(bolt.incidents.shown.map(\.incident) == [3, 1])
        #expect(bolt.operations?.shown.map(\.operation) == ["loto-2026"])
        #expect(StatusPage(bolt, .french).text.contains("Loto d&#39;automne"))
    }

    @Test("what nobody measured is not accessible; what fails last is said first")
    func states() throws {
        func state(_ more: [AdministrativeCommand]) throws -> ServiceStatus.State {
            statusOfAll(try catalogue(more)).state
        }
        func probe(back: Int64, failed: UInt32) throws -> AdministrativeCommand {
            let tally = try #require(ProbeTally(attempts: 60, failed: failed, slow: 0))
            let minute = Minute(containing: now).advanced(by: -back)
            return .fact(.probeMinute(ProbeMinute(probe: "paris", minute: minute, tally: tally)))
        }
        #expect(try state([]) == .unmeasured)
        #expect(try state([probe(back: 2, failed: 0)]) == .accessible)
        #expect(try state([probe(back: 12, failed: 0)]) == .unmeasured)
        #expect(
            try state([probe(back: 3, failed: 0), probe(back: 2, failed: 30)]) == .notAccessible)
        #expect(try state([probe(back: 2, failed: 0), incident(1, "Slow")]) == .incident)
        let emergency = AdministrativeCommand.maintenance(
            .announce(number: 1, MaintenanceTerms(kind: .emergency)))
        #expect(try state([probe(back: 2, failed: 30), emergency]) == .maintenance)
    }

    @Test("90 days, two months: the figures are those of the month's availability")
    func figures() throws {
        let catalogue = try catalogue()
        let status = statusOfAll(catalogue)
        #expect(status.days.count == 90)
        // The first client came 40 days ago.
        #expect(status.days.count { $0.reading.pcMinutes > 0 } == 41)
        #expect(status.days.allSatisfy { $0.reading.dsMinutes == 0 })
        #expect(status.months.map(\.month.text) == ["2026-11", "2026-10"])
        for month in status.months {
            let own = catalogue.availability(
                month.month, of: nil, until: catalogue.measuredEnd(at: now))
            #expect(month.minutes == own.byA, "\(month.month)")
        }
    }

    @Test("a minute that is over and whose report is on its way is not lost")
    func onItsWay() throws {
        func lost(reported back: Int64) throws -> Int64 {
            let tally = try #require(ProbeTally(attempts: 60, failed: 0, slow: 0))
            let minute = Minute(containing: now).advanced(by: -back)
            let report = ProbeMinute(probe: "paris", minute: minute, tally: tally)
            let status = statusOfAll(try catalogue([.fact(.probeMinute(report))]))
            return try #require(status.days.last).reading.lostMinutes
        }
        let today = try lost(reported: 1)
        #expect(try lost(reported: 2) == today - 1)
        // Two minutes later it is unmeasured.
        #expect(try lost(reported: 3) == today - 2)
        #expect(try lost(reported: 4) == today - 2)
    }

    // MARK: The page

    @Test("hostile titles and notes are text, in every language")
    func escaping() throws {
        let catalogue = try catalogue([
            incident(1, Self.hostile, client: "acme"), maintenance(1, Self.hostile),
        ])
        for language in Language.allCases {
            let page = StatusPage(try status(catalogue, of: "acme"), language).text
            #expect(!page.contains("<script"))
            #expect(
                page.components(separatedBy: "<bdi>&lt;script&gt;alert(&#39;1&#39;)").count == 3)
            #expect(page.contains("&amp; &quot;x&quot; \u{202E}</bdi>"))
        }
    }

    @Test("it needs no script, and nothing from elsewhere; its policy names its own style")
    func policy() throws {
        let page = StatusPage(statusOfAll(try catalogue()), .english).text
        for word in ["<script", " on", "style=", "src=", "url(", "@import", "http"] {
            let found = word == " on" ? page.contains(/\son[a-z]+=/) : page.contains(word)
            #expect(!found, "\(word)")
        }
        let style = try #require(page.firstMatch(of: /<style>([^<]*)<\/style>/)).1
        let digest = String(style).withBytes { bytes in
            var hash = SHA256()
            return hash.digest(bytes)
        }
        var text = ByteBuffer(capacity: 64)
        text.append(base64: digest.bytes)
        #expect("\(StatusStyle.policy)".contains("'sha256-\(text.text)'"), "\(text.text)")
    }

    @Test("both languages say all of it, and lead to each other")
    func languages() throws {
        let status = statusOfAll(try catalogue([incident(1, "Slow"), maintenance(1, "")]))
        let english = StatusPage(status, .english).text
        let french = StatusPage(status, .french).text
        for text in [
            "<html lang=\"en\">", "href=\"?language=fr\"", "An incident is not resolved.",
            "Scheduled maintenance", "not measured", "2026-11 so far", "href=\"/status.json\"",
        ] { #expect(english.contains(text), "\(text)") }
        for text in [
            "<html lang=\"fr\">", "href=\"?language=en\"", "Un incident n’est pas résolu.",
            "Maintenance programmée", "non mesuré", "2026-11 à ce jour", "\u{202F}; ouvert",
        ] { #expect(french.contains(text), "\(text)") }
        // A table row for each day, for readers who cannot see the bars.
        #expect(english.components(separatedBy: "<tr><td>2026-").count == 90 + 1 + 1 + 1)
    }

    @Test("a title that a rule gave is in the page's language, a person's as it was given")
    func titles() throws {
        func open(_ number: UInt32, _ title: String, by rule: IncidentRule) throws -> String {
            var ledger = Ledger()
            let order = IncidentOrder(.critical, title: title)
            let command = IncidentCommand.open(number: number, order, rule: rule.rawValue)
            _ = try ledger.apply(.incident(command), by: .gateway, at: now)
            return StatusPage(statusOfAll(ledger.catalogue), .french).text
        }
        let stopped = IncidentRule.logStopped.title(32)
        #expect(stopped == "The journal took no records for 32 s")
        let page = try open(1, stopped, by: .logStopped)
        #expect(page.contains("<bdi>Le journal n’a rien enregistré pendant 32 s</bdi>"))
        let time = "2026-12-14T10:00:00.000Z"
        let certificate = IncidentRule.certificateExpiry.title(time)
        #expect(
            try open(1, certificate, by: .certificateExpiry)
                .contains("<bdi>Un certificat expire le \(time)</bdi>"))
        let probes = IncidentRule.probesFailing.title(time)
        #expect(
            try open(1, probes, by: .probesFailing).contains("non accessible à partir du \(time)"))
        // What another version wrote is shown as it is.
        #expect(try open(1, "Stopped for 32 s", by: .logStopped).contains("Stopped for 32 s"))
        let own = statusOfAll(try catalogue([incident(1, stopped)]))
        #expect(StatusPage(own, .french).text.contains("<bdi>\(stopped)</bdi>"), "a person's")
        #expect(StatusPage(own, .english).text.contains("<bdi>\(stopped)</bdi>"))
    }

    @Test("it stays small, whatever is on record")
    func size() throws {
        let many = (1...600).map { incident(UInt32($0), String(repeating: "<", count: 200)) }
        let windows = (1...600).map { maintenance(UInt32($0), "", inHours: Int64($0)) }
        let status = statusOfAll(try catalogue(many + windows))
        #expect(status.incidents.shown.count == 20 && status.incidents.leftOff == 580)
        #expect(status.maintenance.leftOff == 580)
        let planned = StatusReader(try catalogue(many + windows), at: now).plannedForAll()
        #expect(planned.count == 600, "the calendar has all")
        let pages = StatusPages(status, planned, at: now)
        for language in Language.allCases {
            let page = pages.file(.page, in: language)
            #expect(page.body.count < 96 << 10, "\(page.body.count) bytes")
            #expect((page.compressed ?? page.body).count < 12 << 10)
        }
        #expect(pages.file(.json, in: .english).body.count < 48 << 10)
    }

    // MARK: Making it anew

    @Test("it is made anew when the minute or a record is another one, and only then")
    func source() throws {
        let bench = try Bench([.contract(.putClient(id: "acme", name: "A"))]) { _ in }
        let state = bench.shared.projected
        var source = StatusSource()
        #expect(source.next(of: state, at: now) != nil)
        #expect(source.next(of: state, at: now.advanced(byMilliseconds: 999)) == nil)
        #expect(source.next(of: state, at: now.advanced(byMilliseconds: 60_000)) != nil)
    }
}
