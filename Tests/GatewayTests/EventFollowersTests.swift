import Contract
import Evidence
import Ledger
import Projections
import Sockets
import Synchronization
import Testing
import Time

@testable import Gateway

/// Followers that a test turns by hand, on streams whose loop it is itself.
private final class Stand {
    let bench: Bench
    var followers: EventFollowers
    private let catalogue: Catalogue
    private let limits: Limits
    /// The last record that was handed over.
    private var last: UInt64

    init(after record: UInt64 = 0, streamBytes: Int = 4_096) throws {
        bench = try Bench(try Bench.opened()) { $0.streamBytes = streamBytes }
        limits = bench.shared.limits
        catalogue = bench.shared.projected.catalogue
        let feed = bench.shared.events
        last = record
        followers = EventFollowers(
            after: record, journal: bench.folder.path + "/journal", streamBytes: streamBytes
        ) { feed.wake() }
    }

    func follow(
        after record: UInt64? = nil, end: UInt64? = nil,
        _ selection: EventSelection = EventSelection(), beginsWithRecent: Bool = false,
        showsStatus: Bool = false, isPermitted: @escaping @Sendable () -> Bool = { true }
    ) -> EventStream {
        let stream = EventStream(
            lane: bench.shared.lanes[1], connection: EventToken(place: 0, generation: 0),
            maximumBytes: limits.streamBytes)
        bench.shared.events.subscribe(
            EventSubscriber(
                stream: stream, selection: selection, after: record ?? last,
                beginsWithRecent: beginsWithRecent, end: end,
                showsStatus: showsStatus, isPermitted: isPermitted))
        return stream
    }

    func event(_ record: UInt64, _ command: AdministrativeCommand? = nil) throws -> StreamedEvent {
        let pace = AdministrativeCommand.operation(
            .setPace(operation: "ete", perSecond: UInt32(record), note: nil))
        return try #require(
            StreamedEvent(
                .command(AdministrativeRecord(command ?? pace, by: .admin)), record: record,
                at: Timestamp(milliseconds: 1_000), catalogue))
    }

    func publish(_ records: ClosedRange<UInt64>) throws {
        last = records.upperBound
        bench.shared.events.publish(try records.map { try event($0) }, upTo: records.upperBound)
    }

    @discardableResult
    func turn(published: UInt64 = 0) -> [EventFollowers.Need] {
        let work = bench.shared.events.drain(remembering: followers.remembered)
        last = max(last, published)
        return followers.turn(work, published: published)
    }

    /// What a loop takes whose client reads: the numbers, and how many bytes that were.
    func take(_ stream: EventStream) -> (numbers: [UInt64], bytes: Int, text: String) {
        var bytes: [UInt8] = []
        _ = stream.drain { bytes += $0 }
        stream.resume()
        let text = String(decoding: bytes, as: UTF8.self)
        return (text.matches(of: /id: (\d+)/).compactMap { UInt64($0.1) }, bytes.count, text)
    }
}

@Suite("Those who follow events, turned by hand", .onOwnThread)
struct EventFollowersTests {
    @Test("a reader that does not read is behind: it holds one piece, and the others have all")
    func slow() throws {
        let stand = try Stand()
        let (slow, quick) = (stand.follow(), stand.follow())
        stand.turn()
        #expect(stand.take(slow).numbers == [0])
        #expect(stand.take(quick).numbers == [0])
        var seen: [UInt64] = []
        for start in stride(from: UInt64(1), through: 451, by: 50) {
            try stand.publish(start...(start + 49))
            stand.turn()
            while case let taken = stand.take(quick), !taken.numbers.isEmpty {
                seen += taken.numbers
                stand.turn()
            }
        }
        #expect(seen == Array(1...500))
        // What waits for the slow one is a quarter of what may wait, and then the rest follows.
        var late: [UInt64] = []
        while case let taken = stand.take(slow), !taken.numbers.isEmpty {
            #expect(taken.bytes <= 1_024)
            late += taken.numbers
            stand.turn()
        }
        #expect(late == Array(1...500))
        #expect(slow.isOpen && quick.isOpen)
    }

    @Test("the dispatcher is woken when a reader that is behind has read, and by no other")
    func woken() throws {
        let stand = try Stand()
        let (behind, done) = (stand.follow(), stand.follow())
        stand.turn()
        _ = (stand.take(behind), stand.take(done))
        try stand.publish(1...1)
        stand.turn()
        _ = stand.take(done)
        #expect(!stand.bench.shared.events.hasWork)
        try stand.publish(2...2)
        stand.turn()
        _ = stand.take(behind)
        #expect(stand.bench.shared.events.hasWork)
    }

    @Test("what is recorded between a client's question and the stream's first turn is sent too")
    func meanwhile() throws {
        let stand = try Stand(after: 5)
        let stream = stand.follow()
        try stand.publish(6...7)
        stand.turn()
        #expect(stand.take(stream).numbers == [5])
        stand.turn()
        #expect(stand.take(stream).numbers == [6, 7])
    }

    @Test("one that comes back is sent what came behind its number, and nothing twice")
    func resumes() throws {
        let stand = try Stand()
        try stand.publish(1...20)
        stand.turn()
        let back = stand.follow(after: 15)
        try stand.publish(21...22)
        stand.turn()
        var numbers: [UInt64] = []
        while case let taken = stand.take(back), !taken.numbers.isEmpty {
            numbers += taken.numbers
            stand.turn()
        }
        // It begins with the number that it knows.
        #expect(numbers == Array(15...22))
    }

    @Test("one that begins with recent events waits for those of the process before, then has all")
    func recent() throws {
        let stand = try Stand(after: 5)
        let stream = stand.follow(beginsWithRecent: true, showsStatus: true)
        guard case .recentEvents(upTo: 5)? = stand.turn().first else {
            Issue.record("the events before this process are not asked for")
            return
        }
        try stand.publish(6...7)
        stand.bench.shared.events.setStatus(Array("{}".utf8))
        stand.turn()
        _ = stand.followers.beat()
        // No number: by one of them it would resume behind what it has not seen.
        #expect(stand.take(stream).text.isEmpty)
        stand.bench.shared.events.add(
            EventFeed.RecentEvents(
                events: try [3, 5].map { try stand.event($0) }, start: 2, end: 5))
        var numbers: [UInt64] = []
        for _ in 0..<4 {
            stand.turn()
            numbers += stand.take(stream).numbers
        }
        // The second number of the beginning is the status's.
        #expect(numbers.filter { $0 > 2 } == [3, 5, 6, 7] && numbers.first == 2, "\(numbers)")
        // The next one is sent them at once.
        let next = stand.follow(end: 7, beginsWithRecent: true)
        #expect(stand.turn().isEmpty)
        var text = ""
        for _ in 0..<4 {
            text += stand.take(next).text
            stand.turn()
        }
        #expect(text.matches(of: /id: (\d+)/).map(\.1) == ["2", "3", "5", "6", "7", "7"])
        #expect(text.hasSuffix("event: end\ndata: {}\n\n"))
    }

    @Test("a stream that does not go on ends behind the record that was the last, and says so")
    func ends() throws {
        let stand = try Stand()
        try stand.publish(1...5)
        stand.turn()
        let (some, none) = (stand.follow(after: 2, end: 5), stand.follow(after: 5, end: 5))
        let later = stand.follow(after: 5, end: 7)
        var text = ""
        for _ in 0..<4 {
            stand.turn()
            text += stand.take(some).text
            _ = stand.take(later)
        }
        #expect(text.matches(of: /id: (\d+)/).map(\.1) == ["2", "3", "4", "5", "5"])
        #expect(text.hasSuffix("id: 5\nevent: end\ndata: {}\n\n") && !some.isOpen)
        #expect(stand.take(none).text.hasSuffix("event: end\ndata: {}\n\n") && !none.isOpen)
        // What it was promised has not come yet.
        #expect(later.isOpen)
        stand.turn(published: 7)
        #expect(stand.take(later).text == "id: 7\nevent: end\ndata: {}\n\n" && !later.isOpen)
    }

    @Test("a number that is sent without an event never goes back, and not beyond what was sent")
    func marks() throws {
        let stand = try Stand()
        let (idle, stalled) = (stand.follow(), stand.follow())
        stand.turn()
        _ = stand.take(idle)
        _ = stand.take(stalled)
        try stand.publish(1...2)
        stand.turn()
        #expect(stand.take(idle).numbers == [1, 2])
        #expect(stand.followers.beat().isEmpty, "something was sent")
        #expect(stand.take(idle).numbers.isEmpty)
        // Records without an event move it on.
        stand.turn(published: 40)
        _ = stand.followers.beat()
        #expect(stand.take(idle).numbers == [40])
        // The other one has taken nothing since: it is sent no number.
        #expect(stand.take(stalled).numbers == [1, 2])
        stand.turn()
        _ = stand.followers.beat()
        #expect(stand.take(stalled).numbers == [40])
    }

    @Test("the status goes where all was taken, the newest one, and not to all")
    func status() throws {
        let stand = try Stand()
        let (staff, stalled) = (stand.follow(showsStatus: true), stand.follow(showsStatus: true))
        let client = stand.follow(EventSelection(client: "acme"))
        stand.turn()
        _ = (stand.take(staff), stand.take(client))
        let needs = stand.followers.beat()
        guard case .status? = needs.first else {
            Issue.record("the status is asked for: \(needs)")
            return
        }
        stand.bench.shared.events.setStatus(Array(#"{"n":1}"#.utf8))
        stand.turn()
        #expect(stand.take(staff).text == "id: 0\nevent: status\ndata: {\"n\":1}\n\n")
        #expect(stand.followers.beat().count == 1)
        #expect(stand.followers.beat().isEmpty, "once at a time")
        stand.bench.shared.events.setStatus(Array(#"{"n":2}"#.utf8))
        stand.turn()
        #expect(stand.take(client).text.contains("status") == false)
        #expect(stand.take(stalled).text == "retry: 1000\nid: 0\n:\n\n")
        stand.turn()
        #expect(stand.take(stalled).text == "id: 0\nevent: status\ndata: {\"n\":2}\n\n")
    }

    @Test("a stream ends, cleanly, when its token permits it no longer")
    func revoked() throws {
        let stand = try Stand()
        let isPermitted = Flag()
        let stream = stand.follow(isPermitted: { isPermitted.isUp })
        stand.turn()
        _ = stand.followers.beat()
        #expect(stream.isOpen)
        isPermitted.lower()
        _ = stand.followers.beat()
        #expect(!stream.isOpen && stand.followers.isEmpty)
    }

    @Test("a client sees what is its own, and nothing that is the operator's alone (C17)")
    func selection() throws {
        let stand = try Stand()
        let own = try stand.event(1)
        let order = SuspensionOrder(ground: .unpaid, until: nil, isDefinitive: false, note: "n")
        let whole = try stand.event(2, .client(.suspend(client: "acme", order: order)))
        let start = try stand.event(3, .fact(.started(version: "1")))
        let acme = EventSelection(client: "acme")
        #expect(acme.contains(own) && acme.contains(whole) && !acme.contains(start))
        #expect(!EventSelection(client: "bolt").contains(own))
        // What is about a client as a whole is about its operations; a name may be another's.
        let ete = EventSelection(operation: ("ete", "acme"))
        #expect(ete.contains(own) && ete.contains(whole) && !ete.contains(start))
        #expect(!EventSelection(operation: ("hiver", "acme")).contains(own))
        #expect(EventSelection(operation: ("hiver", "acme")).contains(whole))
        #expect(!EventSelection(operation: ("ete", "bolt")).contains(own))
        #expect(EventSelection().contains(start))
    }

    @Test("the memory is bounded, and says what it does not reach back to")
    func memory() throws {
        let stand = try Stand()
        var memory = EventMemory(after: 10)
        let count = UInt64(EventMemory.maximumEvents)
        memory.append(try (11...(10 + count)).map { try stand.event($0) }, upTo: 10 + count)
        #expect(memory.start == 10)
        #expect(memory.piece(after: 9, EventSelection(), maximumBytes: 1) == nil)
        memory.append([try stand.event(11 + count)], upTo: 20 + count)
        #expect(memory.start == 11 && memory.end == 20 + count)
        // One event is given whatever its length; the next piece begins behind it.
        let first = try #require(
            memory.piece(after: 11, EventSelection(), maximumBytes: 1))
        #expect(first.events.map(\.record) == [12] && first.end == 12)
        let all = try #require(
            memory.piece(after: 11, EventSelection(), maximumBytes: .max))
        #expect(all.events.count == EventMemory.maximumEvents && all.end == 20 + count)
    }

    @Test("what a process before recorded is put before the rest, or not at all")
    func prepended() throws {
        let stand = try Stand()
        var memory = EventMemory(after: 10)
        memory.append([try stand.event(12)], upTo: 12)
        let past = try [3, 7, 12].map { try stand.event($0) }
        memory.prepend(past, after: 2, upTo: 9)
        #expect(memory.start == 10, "record 10 would be missing")
        memory.prepend(past, after: 2, upTo: 12)
        #expect(memory.start == 2)
        let all = try #require(memory.piece(after: 2, EventSelection(), maximumBytes: .max))
        #expect(all.events.map(\.record) == [3, 7, 12])
    }

    @Test("pressure is an event where its record says that the level changed")
    func pressure() throws {
        let stand = try Stand()
        var report = Self.report
        let silent = AdministrativeRecord(.fact(.measured(report)), by: .gateway)
        let catalogue = stand.bench.shared.projected.catalogue
        let time = Timestamp(milliseconds: 0)
        #expect(StreamedEvent(.command(silent), record: 4, at: time, catalogue) == nil)
        report.before = .calm
        let event = try stand.event(5, .fact(.measured(report)))
        let text = String(decoding: event.bytes, as: UTF8.self)
        #expect(text.hasPrefix("id: 5\nevent: pressure\ndata: {"))
        #expect(text.contains(#""before":"calm""#) && text.contains(#""pressure":"strained""#))
        #expect(event.isForOperatorAlone)
    }

    private static var report: PressureReport {
        PressureReport(
            level: .strained, windowMilliseconds: 500, attemptsPerSecond: 1_000,
            acceptedPerSecond: 400, operations: [])
    }

    /// A flag that another thread may ask.
    private final class Flag: Sendable {
        private let state = Atomic<Bool>(true)
        var isUp: Bool { state.load(ordering: .relaxed) }
        func lower() { state.store(false, ordering: .relaxed) }
    }
}
