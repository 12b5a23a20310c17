import AdminClient
import Cluster
import Contract
import Evidence
import Ledger
import LockFree
import Projections
import Synchronization
import Testing
import Time
import Webhooks

@testable import Gateway

@Suite("What a node of a cluster sends to webhooks")
struct WebhookOfficeTests {
    private struct NoWay: Error {}

    /// A node with an event that waits for the webhook `wh`.
    private static func node(_ status: ClusterStatus?) throws -> Shared {
        var ledger = Ledger()
        var outbox = WebhookOutbox()
        let settings = Bench.settings(.once)
        let commands: [AdministrativeCommand] = [
            .contract(.putClient(id: "acme", name: "Acme")),
            .operation(.put(id: "ete", settings: settings, dataKeyID: "d-1")),
            .operation(.open(id: "ete", note: nil)),
            .webhook(
                .add(webhookID: "wh", client: nil, url: "https://example.org/", events: [])),
            .operation(
                .suspend(
                    id: "ete", ground: .security, until: nil, isDefinitive: false, note: "n")),
        ]
        for command in commands {
            let time = Timestamp(milliseconds: 1_795_176_000_000)
            _ = try ledger.apply(command, by: .admin, at: time)
            _ = outbox.add(
                AdministrativeRecord(command, by: .admin), number: ledger.records, at: time,
                ledger.catalogue)
        }
        try #require(outbox.pendingCount(of: "wh") == 1)
        let projections = Projections(
            catalogue: ledger.catalogue, evidence: EvidenceIndex(), webhooks: outbox)
        return try Shared(
            limits: TestGateway.limits, workers: 1, state: projections.state, cluster: status,
            logger: TestGateway.silent)
    }

    /// Requests that a new sender makes in its first turn.
    private static func requests(_ shared: Shared) throws -> Int {
        let asked = Mutex<Int>(0)
        let counter: @Sendable () throws -> WebhookPost = {
            asked.withLock { $0 += 1 }
            throw NoWay()
        }
        let count = { asked.withLock { $0 } }
        var turns = WebhookTurns(
            "wh", shared, bell: try Doorbell(), Cancellation(), connect: counter)
        let step = turns.turn()
        #expect(count() == 1 ? step == .goesOn : step != .goesOn)
        return count()
    }

    @Test("it sends with a proven office, and neither without nor while it hands over")
    func office() throws {
        #expect(try Self.requests(Self.node(nil)) == 1, "alone it needs none")
        let status = ClusterStatus(node: "a")
        let shared = try Self.node(status)
        #expect(try Self.requests(shared) == 0, "it follows")
        status.state = .leading
        #expect(try Self.requests(shared) == 0, "another node may have taken over")
        status.proveForGood()
        #expect(try Self.requests(shared) == 1)
        status.state = .handingOver
        #expect(try Self.requests(shared) == 0)
    }

    @Test("its senders pause, and go on where no node took over; after the end they do not")
    func pauses() throws {
        let bench = try Bench(try Bench.opened())
        let dispatcher = WebhookDispatcher(bench.shared, bench.control, authorities: nil)
        try dispatcher.start()
        dispatcher.pause()
        try dispatcher.start()
        dispatcher.pause()
        dispatcher.pause()
        try dispatcher.start()
        dispatcher.stop()
        try dispatcher.start()
        dispatcher.stop()
    }
}
