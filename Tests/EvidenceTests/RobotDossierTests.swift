import Bytes
import Contract
import Cryptography
import Foundation
import Ledger
import Testing
import Time

@testable import Evidence

@Suite("Robots stand beside what the platform was meanwhile (C6)")
struct RobotDossierTests {
    /// A minute that ends now.
    private func minute(_ world: EvidenceWorld, _ robots: Int) -> RobotMinute {
        var minute = RobotMinute(
            operation: "summer", since: world.now.advanced(byMilliseconds: -60_000),
            until: world.now)
        minute.attempts = robots * 2
        minute.robots = robots
        minute.refused = robots
        minute.tools = [.init(tool: "curl", rule: "client-library", count: robots)]
        minute.origins = [
            .init(kind: .key, name: "k-1", count: robots),
            .init(kind: .network, name: "192.0.2.0/24", count: 3),
        ]
        return minute
    }

    private func world() throws -> EvidenceWorld {
        var world = try EvidenceWorld(SurgeStory.settings())
        world.pass(seconds: 600)
        try world.take(.fact(.robots(minute(world, 5))))
        world.pass(seconds: 30)
        try world.take(.fact(.measured(SurgeStory.report(.strained))))
        try world.take(.fact(.measured(SurgeStory.report(.critical))))
        world.pass(seconds: 20)
        try world.take(.fact(.robots(minute(world, 700))))
        world.pass(seconds: 10)
        try world.take(.fact(.measured(SurgeStory.report(.calm))))
        world.pass(seconds: 100)
        try world.take(.fact(.robots(minute(world, 9))))
        return world
    }

    @Test("a minute of robots that coincides with strain has it as a fact; others have none")
    func coincidence() throws {
        let dossier = try #require(try world().dossier())
        let minutes = dossier.items.filter { $0.robots != nil }
        #expect(minutes.map(\.platform.count) == [0, 1, 0])
        let span = try #require(minutes[1].platform.first)
        #expect(span.kind == .critical, "the highest level")
        #expect(span.until == nil, "when the minute was recorded, it went on")
        let value = try JSONSerialization.jsonObject(with: Data(dossier.factsJSON()))
        let items = (value as? [String: Any])?["items"] as? [[String: Any]] ?? []
        let platform = items.compactMap { $0["platform"] as? [[String: Any]] }
        #expect(platform.count == 1)
        #expect(platform.first?.first?["kind"] as? String == "critical")
        #expect((platform.first?.first?["since"] as? String)?.hasSuffix("Z") == true)
    }

    @Test("words, summary and page lay the two side by side, in both languages")
    func words() throws {
        let dossier = try #require(try world().dossier())
        let english = DossierWords(dossier, .english)
        let texts = dossier.items.filter { $0.robots != nil }.map { english.item($0).text }
        #expect(texts[1].contains("of 1,400 entries 700 were judged to be robots'"), "\(texts)")
        #expect(texts[1].contains("curl: 700"))
        #expect(texts[1].contains("the client's network 192.0.2.0/24: 3"))
        #expect(texts[1].contains("Meanwhile the platform was in a critical state, since"))
        #expect(!texts[0].contains("Meanwhile"))
        let summary = SummaryWords(dossier, .english).lines.last
        #expect(summary?.label == "Robots")
        #expect(summary?.text.contains("Minutes with robots on record: 3.") == true)
        #expect(
            summary?.text.contains("In 1 of them the platform was not calm; 700 entries") == true)
        for language in Language.allCases {
            let page = try dossier.page(language)
            #expect(page.contains(language.text(PagePhrase.coincidence)))
            let text = String(
                decoding: try DossierPieces(dossier.textSections(language)).joined(),
                as: UTF8.self)
            #expect(!text.contains("{") && !text.contains("}"))
        }
    }

    @Test("a load test stands beside strain by its permit (C6, C7)")
    func loadTest() throws {
        var world = try EvidenceWorld(SurgeStory.settings())
        world.pass(seconds: 600)
        try world.take(.fact(.measured(SurgeStory.report(.strained))))
        var tests = RobotMinute(operation: "summer", since: world.now, until: world.now)
        tests.tests = 3_000
        tests.origins = [.init(kind: .permit, name: "pt-1", count: 3_000)]
        try world.take(.fact(.robots(tests)))
        var both = minute(world, 5)
        both.tests = 12
        try world.take(.fact(.robots(both)))
        let dossier = try #require(world.dossier())
        let items = dossier.items.filter { $0.robots != nil }
        #expect(items.map(\.platform.count) == [1, 1])
        let words = DossierWords(dossier, .english)
        let text = words.item(items[0]).text
        #expect(text.contains("load tests that were agreed to brought 3,000 entries"), "\(text)")
        #expect(text.contains("By origin: permit pt-1: 3,000."), "\(text)")
        #expect(text.contains("Meanwhile the platform was"), "\(text)")
        #expect(words.item(items[1]).text.contains("agreed to brought 12 entries more"))
        let summary = try #require(SummaryWords(dossier, .english).lines.last?.text)
        #expect(summary.contains("brought 3,012 entries, 3,012 of them while"), "\(summary)")
    }

    @Test("a start is a coincidence, too")
    func start() throws {
        var world = try EvidenceWorld(SurgeStory.settings())
        world.pass(seconds: 600)
        try world.take(.fact(.started(version: "2")))
        world.pass(seconds: 30)
        try world.take(.fact(.robots(minute(world, 5))))
        let item = try #require(world.dossier()?.items.last)
        #expect(item.platform.map(\.kind) == [.started])
    }

    @Test("an hour of calm is kept, and longer what coincides; a snapshot has the same")
    func bounded() throws {
        var index = EvidenceIndex()
        func add(_ sequence: UInt64, _ command: AdministrativeCommand) {
            index.add(
                EvidenceRecord(
                    sequence: sequence, at: Timestamp(milliseconds: Int64(sequence) * 60_000),
                    batch: sequence, chain: .init(),
                    content: .command(AdministrativeRecord(command, by: .gateway))))
        }
        let settings = try SurgeStory.settings()
        add(1, .operation(.put(id: "summer", settings: settings, dataKeyID: "d")))
        for number in 2...700 as ClosedRange<UInt64> {
            let level: PressureLevel = number % 100 < 10 ? .strained : .calm
            add(number * 2, .fact(.measured(SurgeStory.report(level))))
            let time = Timestamp(milliseconds: Int64(number) * 120_000)
            var minute = RobotMinute(operation: "summer", since: time, until: time)
            minute.robots = Int(number)
            add(number * 2 + 1, .fact(.robots(minute)))
        }
        let kept = index.robotMinutes(of: "summer").map(\.robots)
        #expect(kept.count < 60 + 240 + 1)
        #expect(Array(kept.suffix(60)) == Array(641...700))
        #expect(kept.contains(305), "of the strain long ago")
        #expect(!kept.contains(150))
        let contents = index.contents
        var records: [UInt64: EvidenceRecord] = [:]
        for record in index.records {
            records[record.sequence] = EvidenceRecord(
                sequence: record.sequence, at: record.at, batch: record.batch,
                chain: record.chain, content: record.content)
        }
        let restored = try EvidenceIndex(contents, records: records)
        #expect(
            restored.records(of: "summer").map(\.platform)
                == index.records(of: "summer").map(\.platform))
        #expect(
            restored.records(of: "summer").map(\.sequence)
                == index.records(of: "summer").map(\.sequence))
    }
}
