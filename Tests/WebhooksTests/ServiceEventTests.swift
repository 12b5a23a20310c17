import Availability
import Ledger
import Testing
import Time

@testable import Webhooks

@Suite("What concerns the service, as webhooks are sent it (C11 to C14)")
struct ServiceEventTests {
    /// A ledger with two clients, a webhook of each and one of the operator, and the outbox behind
    /// it, as the projector feeds it.
    private final class World {
        private var ledger = Ledger()
        private var outbox = WebhookOutbox()
        private(set) var now = Timestamp(milliseconds: 1_795_176_000_000)

        init() throws {
            for client in ["acme", "bolt"] {
                try apply(.contract(.putClient(id: client, name: client)))
                try addWebhook("wh-" + client, client: client)
            }
            try addWebhook("wh-all", client: nil)
        }

        private func addWebhook(_ id: String, client: String?) throws {
            let add = WebhookCommand.add(
                webhookID: id, client: client, url: "https://example.org/", events: [])
            try apply(.webhook(add))
        }

        func after(_ days: Int64) -> Timestamp { now.advanced(byMilliseconds: days * 86_400_000) }

        func apply(_ command: AdministrativeCommand, by author: Author = .admin) throws {
            now = now.advanced(byMilliseconds: 1_000)
            _ = try ledger.apply(command, by: author, at: now)
            outbox.add(
                AdministrativeRecord(command, by: author), number: ledger.records, at: now,
                ledger.catalogue)
        }

        /// Time goes on, and brings about what is due.
        func pass(days: Int64) {
            now = after(days)
            ledger.beginBatch()
            while ledger.mustExpire(at: now) {
                ledger.expire(at: now)
                for event in ledger.drainEvents() {
                    outbox.add(event, number: ledger.records, at: now, ledger.catalogue)
                }
            }
        }

        /// What an action on the first incident is told as, read from its record.
        /// - Parameter time: the record's; nil: now.
        func event(_ action: IncidentAction, at time: Timestamp? = nil) -> WebhookEvent? {
            let command = IncidentCommand.act(number: 1, action, note: "secret")
            return WebhookEvent(
                AdministrativeRecord(.incident(command), by: .admin), ledger.catalogue,
                at: time ?? now)
        }

        private func messages(_ id: String) -> [WebhookMessage] {
            var messages: [WebhookMessage] = []
            while let message = outbox.next(for: id, after: messages.last?.record ?? 0) {
                messages.append(message)
            }
            return messages
        }

        func types(_ id: String) -> [WebhookEventType] { messages(id).map(\.type) }

        /// All that a webhook is to be sent, a line each.
        func text(_ id: String) -> String {
            messages(id).map { String(decoding: $0.body, as: UTF8.self) }.joined(separator: "\n")
        }
    }

    @Test("each step is an event of whom it concerns, without what people wrote")
    func everyStep() throws {
        let world = try World()
        try incident(world)
        try planned(world)
        let ofAll: [WebhookEventType] = [
            .maintenanceAnnounced, .maintenanceExtended, .maintenanceEnded, .forceMajeureBegan,
            .forceMajeureEnded, .changeAnnounced, .changeWithdrawn,
        ]
        let ofOne: [WebhookEventType] = [
            .incidentOpened, .incidentAcknowledged, .incidentNoted, .incidentReclassified,
            .incidentResolved, .incidentReopened,
        ]
        #expect(world.types("wh-bolt") == ofAll)
        #expect(world.types("wh-acme") == ofOne + ofAll)
        #expect(world.types("wh-all") == ofOne + ofAll)
        let text = world.text("wh-all")
        #expect(!text.contains("secret"), "\(text)")
        #expect(text.contains(#""degrades":true"#), "\(text)")
    }

    private func incident(_ world: World) throws {
        let order = IncidentOrder(.critical, title: "secret", client: "acme")
        try world.apply(.incident(.open(number: 1, order)), by: Author(.client, name: "acme"))
        let actions: [IncidentAction] = [
            .acknowledge, .addNote, .reclassify(.minor), .resolve(.notOurs), .reopen,
        ]
        for action in actions {
            try world.apply(.incident(.act(number: 1, action, note: "secret")))
        }
    }

    @Test("read again later, an event says what it said at its time")
    func readAgain() throws {
        let world = try World()
        try incident(world)
        let first = (world.now, world.event(.reopen))
        #expect(first.1 != nil)
        for action in [IncidentAction.resolve(.confirmed), .reopen] {
            world.pass(days: 3)
            try world.apply(.incident(.act(number: 1, action, note: "secret")))
        }
        #expect(world.event(.reopen, at: first.0) == first.1)
        #expect(world.event(.reopen) != first.1)
    }

    private func planned(_ world: World) throws {
        let terms = MaintenanceTerms(
            kind: .scheduled, note: "secret", starts: world.after(1), ends: world.after(2))
        try world.apply(.maintenance(.announce(number: 1, terms)))
        try world.apply(.maintenance(.extend(number: 1, until: world.after(3), note: nil)))
        try world.apply(.maintenance(.end(number: 1, note: nil)))
        try world.apply(
            .service(.beginForceMajeure(number: 1, kind: "fire", starts: world.now, note: nil)))
        try world.apply(.service(.endForceMajeure(number: 1, note: nil)))
        let change = ChangeTerms(note: "secret", degrades: true, takesEffectAt: world.after(40))
        try world.apply(.service(.announceChange(number: 1, change)))
        try world.apply(.service(.withdrawChange(number: 1, note: "secret")))
    }

    @Test("work that did not start in time, and force majeure that lasts, reach the operator alone")
    func overdue() throws {
        let world = try World()
        let order = IncidentOrder(.critical, title: "t", client: "acme")
        try world.apply(.incident(.open(number: 1, order)))
        try world.apply(
            .service(.beginForceMajeure(number: 1, kind: "fire", starts: world.now, note: nil)))
        world.pass(days: 60)
        #expect(world.types("wh-acme") == [.incidentOpened, .forceMajeureBegan])
        #expect(
            world.types("wh-all") == [
                .incidentOpened, .forceMajeureBegan, .incidentOverdue, .forceMajeureLasting,
                .forceMajeureLasting,
            ])
        let text = world.text("wh-all")
        #expect(text.contains(#""respond_by":""#) && text.contains(#""terms":"b""#), "\(text)")
    }
}
