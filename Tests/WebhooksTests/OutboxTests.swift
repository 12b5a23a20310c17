import Availability
import Bytes
import Contract
import Ledger
import Testing
import Time
import Wire

@testable import Webhooks

@Suite("What is to be sent to webhooks")
struct OutboxTests {
    /// A ledger and the outbox behind it, as the projector feeds it.
    private final class World {
        var ledger = Ledger()
        var outbox = WebhookOutbox()
        private(set) var now = Timestamp(milliseconds: 1_795_176_000_000)

        func apply(
            _ command: AdministrativeCommand, by author: Author = .admin
        ) throws {
            now = now.advanced(byMilliseconds: 1_000)
            _ = try ledger.apply(command, by: author, at: now)
            outbox.add(
                AdministrativeRecord(command, by: author), number: ledger.records, at: now,
                ledger.catalogue)
        }

        /// Two clients with an operation each, and webhooks for both and for the operator.
        init() throws {
            for client in ["acme", "bolt"] {
                try apply(.contract(.putClient(id: client, name: client)))
                let settings = OperationSettings(
                    client: client, title: "T", rule: .once, robots: .off, policy: .enforce)
                try apply(.operation(.put(id: "of-" + client, settings: settings, dataKeyID: "d")))
                try apply(.operation(.open(id: "of-" + client, note: nil)))
                try add("wh-" + client, client: client)
            }
            try add("wh-all", client: nil)
        }

        func add(
            _ id: String, client: String?, events: [WebhookEventType] = []
        ) throws {
            try apply(
                .webhook(
                    .add(
                        webhookID: id, client: client, url: "https://example.org/", events: events))
            )
        }

        func suspend(_ operation: String) throws {
            try apply(
                .operation(
                    .suspend(
                        id: operation, ground: .security, until: nil, isDefinitive: false,
                        note: "Marie said so")))
        }

        func end(_ id: String, _ outcome: WebhookDelivery.Outcome, status: UInt16) throws {
            let message = try #require(outbox.next(for: id, after: 0))
            try apply(
                .webhook(
                    .outcomes(
                        webhookID: id,
                        deliveries: [
                            WebhookDelivery(
                                record: message.record, type: message.type, outcome: outcome,
                                attempts: 1, status: status, at: now)
                        ])), by: .gateway)
        }

        func types(_ id: String) -> [WebhookEventType] {
            var types: [WebhookEventType] = []
            var last: UInt64 = 0
            while let message = outbox.next(for: id, after: last) {
                types.append(message.type)
                last = message.record
            }
            return types
        }
    }

    @Test("a client gets its own operations' events alone, the operator gets all (C17)")
    func isolation() throws {
        let world = try World()
        try world.suspend("of-acme")
        try world.apply(.operation(.resume(id: "of-acme", note: nil)))
        try world.apply(.operation(.setPace(operation: "of-bolt", perSecond: 5, note: nil)))
        #expect(world.types("wh-acme") == [.operationSuspended, .operationResumed])
        #expect(world.types("wh-bolt") == [.operationSmoothed])
        #expect(
            world.types("wh-all")
                == [.operationSuspended, .operationResumed, .operationSmoothed])
    }

    @Test("a webhook gets the types that it has chosen, and nothing from before it was added")
    func chosen() throws {
        let world = try World()
        try world.suspend("of-acme")
        try world.add("wh-late", client: nil, events: [.operationResumed])
        try world.suspend("of-bolt")
        try world.apply(.operation(.resume(id: "of-acme", note: nil)))
        #expect(world.types("wh-late") == [.operationResumed])
    }

    @Test("a message has ids and figures, and neither names of people nor what they wrote")
    func body() throws {
        let world = try World()
        try world.suspend("of-acme")
        let message = try #require(world.outbox.next(for: "wh-acme", after: 0))
        let body = try JSONValue(message.body)
        #expect(body["type"]?.string == "operation.suspended")
        #expect(body["timestamp"]?.string == message.at.rfc3339)
        #expect(
            body["data"]?.members == [
                "operation": .string("of-acme"), "client": .string("acme"),
                "record": .integer(Int(message.record)), "ground": .string("security"),
                "definitive": .bool(false), "by": .string("admin"),
            ])
        #expect(message.identifier(for: "wh-acme") == "wh-acme-\(message.record)")
    }

    @Test("a recorded outcome takes the event out, and is kept")
    func outcomes() throws {
        let world = try World()
        try world.suspend("of-acme")
        try world.apply(.operation(.resume(id: "of-acme", note: nil)))
        try world.end("wh-acme", .delivered, status: 204)
        #expect(world.types("wh-acme") == [.operationResumed])
        #expect(world.outbox.deliveryCount(of: "wh-acme") == 1)
        #expect(world.outbox.delivery(at: 0, of: "wh-acme")?.status == 204)
        #expect(world.types("wh-all").count == 2)
    }

    @Test("the last test is found while it waits, and when its outcome is on record already")
    func lastTest() throws {
        let world = try World()
        #expect(world.outbox.lastTest(of: "wh-acme") == nil)
        try world.apply(.webhook(.test(webhookID: "wh-acme")))
        let first = world.ledger.records
        #expect(world.outbox.lastTest(of: "wh-acme") == first)
        try world.end("wh-acme", .delivered, status: 204)
        #expect(world.outbox.lastTest(of: "wh-acme") == first)
        try world.apply(.webhook(.test(webhookID: "wh-acme")))
        #expect(world.outbox.lastTest(of: "wh-acme") == world.ledger.records)
    }

    @Test("what is given up is told to the operator, and never brings a further event of its kind")
    func givenUp() throws {
        let world = try World()
        try world.suspend("of-acme")
        try world.end("wh-acme", .givenUp, status: 500)
        #expect(world.types("wh-all") == [.operationSuspended, .webhookGivenUp])
        #expect(world.types("wh-bolt").isEmpty)
        try world.add("wh-other", client: nil)
        // The operator's own receiver is down as well: its events about webhooks end silently.
        try world.end("wh-all", .givenUp, status: 500)
        #expect(world.types("wh-other") == [.webhookGivenUp])
        try world.end("wh-all", .givenUp, status: 500)
        try world.end("wh-other", .givenUp, status: 500)
        #expect(world.types("wh-all").isEmpty && world.types("wh-other").isEmpty)
    }

    @Test("a receiver that is gone gets nothing more, and the operator learns it")
    func gone() throws {
        let world = try World()
        try world.suspend("of-acme")
        try world.apply(.operation(.resume(id: "of-acme", note: nil)))
        try world.end("wh-acme", .givenUp, status: 410)
        #expect(world.ledger.catalogue.webhook("wh-acme")?.isActive == false)
        #expect(world.types("wh-acme").isEmpty)
        try world.suspend("of-acme")
        #expect(world.types("wh-acme").isEmpty)
        #expect(world.types("wh-all").contains(.webhookDisabled))
        #expect(throws: CommandRefusal.webhookDisabled("wh-acme")) {
            try world.apply(.webhook(.test(webhookID: "wh-acme")))
        }
    }

    @Test("an outcome is recorded once, in order, and of a webhook that is there")
    func refusals() throws {
        let world = try World()
        try world.suspend("of-acme")
        let message = try #require(world.outbox.next(for: "wh-acme", after: 0))
        let delivery = WebhookDelivery(
            record: message.record, type: message.type, outcome: .delivered, attempts: 1,
            status: 200, at: world.now)
        let command = AdministrativeCommand.webhook(
            .outcomes(webhookID: "wh-acme", deliveries: [delivery]))
        try world.apply(command, by: .gateway)
        #expect(throws: CommandRefusal.self) { try world.apply(command, by: .gateway) }
        #expect(throws: CommandRefusal.unknownWebhook("wh-none")) {
            try world.apply(.webhook(.outcomes(webhookID: "wh-none", deliveries: [delivery])))
        }
        #expect(throws: CommandRefusal.unknownClient("none")) {
            try world.add("wh-x", client: "none")
        }
        try world.apply(.webhook(.remove(webhookID: "wh-acme")))
        #expect(throws: CommandRefusal.unknownWebhook("wh-acme")) {
            try world.apply(.webhook(.remove(webhookID: "wh-acme")))
        }
        #expect(world.types("wh-acme").isEmpty)
    }

    @Test("a step of the ladder tells its ground, and a suspension what it follows from")
    func ladder() throws {
        let world = try World()
        let rise = TrafficRise(operation: "of-acme", entries: 20_000, windowSeconds: 10)
        try world.apply(.fact(.rise(rise)), by: .gateway)
        var figures = PressureFigures()
        figures.queueWait = 60_000
        let demand = PressureReport.Demand(
            operation: "of-acme", attemptsPerSecond: 900, acceptedPerSecond: 900,
            queuePermille: 900, attemptsPermille: 900)
        let report = PressureReport(
            level: .strained, figures: figures, windowMilliseconds: 1_000, attemptsPerSecond: 1_000,
            acceptedPerSecond: 1_000, operations: [demand])
        var texts: [String] = []
        for _ in 0..<40 {
            try world.apply(.fact(.measured(report)), by: .gateway)
            for event in world.ledger.drainEvents() {
                let event = WebhookEvent(event, world.ledger.catalogue, at: world.now)
                let message = event.message(record: 1, at: world.now)
                texts.append(String(decoding: message.body, as: UTF8.self))
            }
        }
        #expect(texts.first?.contains(#""type":"operation.smoothed""#) == true, "\(texts)")
        #expect(texts.first?.contains(#""ground":"undeclared_traffic""#) == true, "\(texts)")
        let suspension = try #require(texts.first { $0.contains("operation.suspended") })
        #expect(suspension.contains(#""cause":"refusing""#), "\(suspension)")
    }

    @Test("what concerns one client goes to it, what concerns the service to every client")
    func service() throws {
        let world = try World()
        let order = IncidentOrder(.critical, title: "a title", note: "a note", client: "acme")
        try world.apply(.incident(.open(number: 1, order)), by: Author(.client, name: "acme"))
        try world.apply(.incident(.act(number: 1, .acknowledge, note: "on it")))
        try world.apply(
            .maintenance(.announce(number: 1, MaintenanceTerms(kind: .emergency, note: "a disk"))))
        try world.apply(.maintenance(.end(number: 1, note: nil)))
        try world.apply(
            .service(
                .beginForceMajeure(number: 1, kind: "flood", starts: world.now, note: nil)))
        #expect(
            world.types("wh-acme") == [
                .incidentOpened, .incidentAcknowledged, .maintenanceAnnounced, .maintenanceEnded,
                .forceMajeureBegan,
            ])
        #expect(
            world.types("wh-bolt")
                == [.maintenanceAnnounced, .maintenanceEnded, .forceMajeureBegan])
        let message = try #require(world.outbox.next(for: "wh-acme", after: 0))
        let text = String(decoding: message.body, as: UTF8.self)
        #expect(text.contains(#""incident":1"#) && text.contains(#""respond_by":""#), "\(text)")
        #expect(!text.contains("a title") && !text.contains("a note"), "\(text)")
    }

    @Test("what becomes of a permit is an event of its operation's client, without notes (C7)")
    func permits() throws {
        let world = try World()
        let terms = PermitTerms(
            operation: "of-acme", perSecond: 500, starts: world.now,
            ends: world.now.advanced(byMilliseconds: 60_000), note: "Marie asked")
        let commands: [PermitCommand] = [
            .issue(permitID: "pt-1", terms), .revoke(permitID: "pt-1", note: "Marie"),
            .purge(permitID: "pt-1", note: "Marie"),
            .forgotten(permitID: "pt-1", leaves: 12, lastRecord: 3),
        ]
        var texts: [String] = []
        for command in commands {
            try world.apply(.permit(command))
            let record = AdministrativeRecord(.permit(command), by: .admin)
            let event = try #require(
                WebhookEvent(record, world.ledger.catalogue, at: world.now))
            #expect(event.owner == "acme" && event.operation == "of-acme")
            let body = event.message(record: 1, at: world.now).body
            texts.append(String(decoding: body, as: UTF8.self))
        }
        let types = ["issued", "revoked", "purged", "forgotten"]
        for (text, type) in zip(texts, types) {
            #expect(text.contains("\"type\":\"permit.\(type)\""), "\(text)")
            #expect(text.contains(#""permit_id":"pt-1""#) && !text.contains("Marie"), "\(text)")
        }
        #expect(texts[0].contains(#""per_second":500"#) && texts[0].contains(#""ends":"20"#))
        #expect(texts[3].contains(#""entries":12"#), "\(texts[3])")
    }

    @Test("a minute of robots is an event; one of load tests alone is none")
    func robots() throws {
        let world = try World()
        var minute = RobotMinute(operation: "of-acme", since: world.now, until: world.now)
        minute.tests = 9
        func event(_ minute: RobotMinute) -> WebhookEvent? {
            WebhookEvent(
                AdministrativeRecord(.fact(.robots(minute)), by: .gateway),
                world.ledger.catalogue, at: world.now)
        }
        #expect(event(minute) == nil)
        minute.robots = 1
        let body = try #require(event(minute)?.body(record: 1, at: world.now))
        let text = String(decoding: body, as: UTF8.self)
        #expect(text.contains(#""robots":1"#) && text.contains(#""tests":9"#), "\(text)")
    }

    @Test("a snapshot holds all of it")
    func snapshot() throws {
        let world = try World()
        try world.suspend("of-acme")
        try world.apply(.webhook(.test(webhookID: "wh-bolt")))
        try world.end("wh-all", .delivered, status: 200)
        try world.end("wh-bolt", .givenUp, status: 500)
        let bytes = MemoryBytes()
        var writer = SnapshotWriter(to: bytes)
        try world.outbox.encode(into: &writer)
        var reader = SnapshotReader(from: bytes)
        let readBack = try WebhookOutbox(from: &reader)
        let isAtEnd = reader.isAtEnd
        #expect(readBack == world.outbox)
        #expect(isAtEnd)
        let whole = bytes.bytes
        for length in 0..<whole.count {
            let part = MemoryBytes(Array(whole[..<length]))
            #expect(throws: (any Error).self) {
                var reader = SnapshotReader(from: part)
                _ = try WebhookOutbox(from: &reader)
            }
        }
    }
}

/// A snapshot's bytes in memory, to write and to read.
private final class MemoryBytes: SnapshotSink, SnapshotSource {
    private(set) var bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    var remaining: Int { bytes.count - offset }

    func write(_ bytes: RawSpan) throws { self.bytes += bytes.array }

    func read(into room: inout MutableRawSpan) throws {
        guard room.byteCount <= remaining else { throw SnapshotError.endOfBytes }
        let count = room.byteCount
        // Unsafe: the length was compared with what is left.
        unsafe room.withUnsafeMutableBytes { room in
            unsafe room.copyBytes(from: bytes[offset..<(offset + count)])
        }
        offset += count
    }
}
