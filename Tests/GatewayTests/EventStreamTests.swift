import Foundation
import Ledger
import Log
import Playback
import Sockets
import TestSupport
import Testing

@testable import Gateway

@Suite("Events as a stream", .onOwnThread)
struct EventStreamTests {
    private func token(
        _ gateway: TestGateway, client: String
    ) throws -> (token: String, id: String) {
        let made = try gateway.admin(
            "POST", "/v1/tokens", "{\"role\":\"client\",\"client\":\"\(client)\"}")
        return (
            try #require(made.object["token"] as? String, "\(made)"),
            try #require(made.object["token_id"] as? String)
        )
    }

    /// A client with an operation that takes entries.
    private func add(_ client: String, _ operation: String, to gateway: TestGateway) throws {
        let put = try gateway.admin("PUT", "/v1/clients/\(client)", "{\"name\":\"N\"}")
        try #require([200, 201].contains(put.status), "\(put)")
        let made = try gateway.admin(
            "PUT", "/v1/operations/\(operation)",
            "{\"client\":\"\(client)\",\"title\":\"T\",\"rule\":\"once\"}")
        try #require(made.status == 201, "\(made)")
    }

    @Test("a stream says what it is, goes on from a number, and has the status once a second")
    func shape() throws {
        let gateway = try TestGateway()
        let reader = try EventClient(gateway)
        #expect(reader.head.status == 200)
        #expect(reader.head["content-type"] == "text/event-stream")
        #expect(reader.head["cache-control"] == "no-store")
        #expect(reader.head["x-accel-buffering"] == "no")
        try reader.read { $0.statuses.count >= 2 }
        let status = try gateway.admin("GET", "/v1/status")
        let names = try #require(
            JSONSerialization.jsonObject(with: Data(reader.statuses[0].utf8)) as? [String: Any])
        #expect(Set(names.keys) == Set(status.object.keys))
        #expect(reader.numbers.first ?? 0 >= 1 && reader.last >= 1)
        let head = try WireClient(port: gateway.adminPort)
        try head.send(gateway.adminRequest("HEAD", "/v1/events"))
        #expect(try head.receive(toHead: true)["content-type"] == "text/event-stream")
    }

    @Test("what is recent comes first where it is asked for, from before a restart, too")
    func recent() throws {
        let folder = try TestFolder()
        var gateway = try TestGateway(folder: folder)
        _ = try gateway.open("ete")
        for perSecond in 1...3 {
            let body = "{\"per_second\":\(perSecond)}"
            try #require(try gateway.admin("POST", "/v1/operations/ete/pace", body).status == 200)
        }
        let first = try EventClient(gateway, query: "?recent=true")
        try first.read { $0.steps == 3 }
        gateway.drain()
        gateway = try TestGateway(folder: folder)
        let second = try EventClient(gateway, query: "?recent=true")
        try second.read { $0.steps == 3 && $0.events.count { $0.name == "start" } == 2 }
        #expect(second.events.map(\.id) == second.events.map(\.id).sorted())
        // A number goes before it.
        let third = try EventClient(gateway, after: second.last, query: "?recent=true")
        try third.read { !$0.statuses.isEmpty }
        // A busy machine may have brought another level of pressure meanwhile.
        #expect(third.events.allSatisfy { $0.name == "pressure" })
        let wrong = try gateway.admin("GET", "/v1/events?recent=yes")
        #expect(wrong.status == 422, "\(wrong)")
    }

    @Test("data is what a webhook is sent of the same record, at the time and from the log")
    func sameAsWebhooks() throws {
        let receiver = try WebhookReceiver()
        let folder = try TestFolder()
        var gateway = try TestGateway.forWebhooks(folder: folder)
        _ = try gateway.open("ete")
        _ = try gateway.addWebhook(receiver.url)
        let reader = try EventClient(gateway)
        try gateway.bringEvents(2)
        for (path, body) in [
            ("operations/ete/pace", #"{"per_second":null}"#),
            ("operations/ete/suspend", #"{"ground":"security","note":"n"}"#),
            ("operations/ete/resume", "{}"),
            ("clients/acme/suspend", #"{"ground":"security","note":"n"}"#),
            ("clients/acme/resume", "{}"),
        ] {
            let answer = try gateway.admin("POST", "/v1/" + path, body)
            try #require(answer.status == 200, "\(path): \(answer)")
        }
        let messages = receiver.wait(for: 7)
        #expect(messages.count == 7)
        try reader.read { $0.events.count { $0.name != "pressure" } >= 7 }
        let told = reader.events.filter { $0.name != "pressure" }
        #expect(told.map(\.id) == messages.map(\.record))
        #expect(told.map(\.data) == messages.map(\.text))
        #expect(
            told.map(\.name) == [
                "step", "step", "resumption", "suspension", "resumption", "suspension",
                "resumption",
            ])
        // The name is another client's by the time that the log is read.
        let gone = try gateway.admin("DELETE", "/v1/operations/ete", #"{"confirm":"ete"}"#)
        try #require(gone.status == 200, "\(gone)")
        try add("bolt", "ete", to: gateway)
        let bolt = try token(gateway, client: "bolt").token
        gateway.drain()
        receiver.stop()
        gateway = try TestGateway.forWebhooks(folder: folder)
        let late = try EventClient(gateway, after: 0)
        try late.read { reader in reader.events.count { $0.name == "start" } >= 2 }
        #expect(late.events.filter { !["pressure", "start"].contains($0.name) } == told)
        let stranger = try EventClient(gateway, after: 0, token: bolt)
        try gateway.bringEvents(1)
        try stranger.read { !$0.events.isEmpty }
        #expect(stranger.events.count == 1 && stranger.events[0].id > told[6].id)
    }

    @Test("a crowd, some of it stalled, over a restart: each has every event once, in order")
    func crowd() throws {
        let folder = try TestFolder()
        var gateway = try TestGateway(folder: folder) { limits in
            limits.streamBytes = 4_096
            // They end within it, also where a thread stands still meanwhile; the stalled are cut.
            limits.drainSeconds = 15
        }
        _ = try gateway.open("ete")
        let readers = try (0..<24).map { try EventClient(gateway, after: $0 % 2 == 0 ? 0 : nil) }
        let stalled = try (0..<4).map { _ in
            try EventClient(gateway, after: 0, receiveBufferBytes: 4_096)
        }
        try gateway.bringEvents(60)
        for reader in readers { try reader.read { $0.steps == 60 } }
        // Those who read nothing have held up no reader and no operator.
        let before = try EventClient(gateway, after: 0)
        try before.read { $0.steps == 60 }
        gateway.drain()
        for reader in readers { #expect(try reader.readToEnd(), "a drain ends it cleanly") }
        gateway = try TestGateway(folder: folder) { $0.streamBytes = 4_096 }
        let back = try readers.map { try EventClient(gateway, after: $0.last) }
        let stalledBack = try stalled.map { try EventClient(gateway, after: max($0.last, 0)) }
        try gateway.bringEvents(60)
        let whole = try EventClient(gateway, after: 0)
        try whole.read { $0.steps == 120 }
        let last = try #require(whole.events.last?.id)
        for (first, second) in zip(readers, back) {
            try second.read { ($0.events.last?.id ?? 0) >= last }
            let all = first.events + second.events.prefix { $0.id <= last }
            // Of what came behind the number that it began with.
            let due = whole.events.filter { $0.id > first.numbers[0] }
            #expect(all == due)
            let numbers = first.numbers + second.numbers
            #expect(numbers == numbers.sorted(), "a number never goes back")
        }
        for reader in stalledBack {
            try reader.read { ($0.events.last?.id ?? 0) >= last }
            #expect(Array(reader.events.prefix { $0.id <= last }) == whole.events)
        }
    }

    @Test("what the memory does not reach back to is read from the log, piece by piece")
    func past() throws {
        let folder = try TestFolder()
        let gateway = try TestGateway(folder: folder)
        _ = try gateway.open("ete")
        try gateway.bringEvents(40)
        let whole = try EventClient(gateway, after: 0)
        try whole.read { $0.steps == 40 }
        let journal = folder.path + "/journal"
        let end = UInt64(whole.last)
        let catalogue = try catalogue(of: journal)
        // A process that begins behind all of that, and has found nothing to remember.
        let bench = try Bench([]) { $0.streamBytes = 4_096 }
        var followers = EventFollowers(after: end, journal: journal, streamBytes: 4_096) {}
        let stream = EventStream(
            lane: bench.shared.lanes[1], connection: .init(place: 0, generation: 0),
            maximumBytes: 4_096)
        var work = EventFeed.Work()
        work.subscribers = [
            EventSubscriber(
                stream: stream, selection: EventSelection(operation: ("ete", "acme")),
                after: 0, showsStatus: false, isPermitted: { true })
        ]
        var text = ""
        var turns = 0
        let last = try #require(whole.events.last { $0.name == "step" }?.id)
        while turns < 1_000, !text.contains("id: \(last)\n") {
            turns += 1
            let needs = followers.turn(work, published: end)
            work = EventFeed.Work()
            for need in needs {
                switch need {
                case .status: break
                case .recentEvents(let upTo):
                    work.recent = EventFeed.RecentEvents(start: upTo, end: upTo)
                case .piece(let past, let upTo, let follower):
                    work.pieces.append(
                        .init(
                            follower: follower, piece: try past.next(upTo: upTo, catalogue)))
                }
            }
            _ = stream.drain { text += String(decoding: $0, as: UTF8.self) }
            stream.resume()
        }
        let told = text.matches(of: /data: (.*)/).map { String($0.1) }
        #expect(told == whole.events.filter { $0.name == "step" }.map(\.data))
    }

    private func catalogue(of journal: String) throws -> Catalogue {
        var ledger = Ledger()
        _ = try LogReader.read(directory: journal) { batch in
            try ledger.play(batch)
        }
        return ledger.catalogue
    }

    @Test("what cannot be resumed is said: no number, another journal's, archived")
    func refusals() throws {
        let gateway = try TestGateway()
        _ = try gateway.open("ete")
        for number in ["x", "-1", "99999999999999999999", "1e3"] {
            let client = try WireClient(port: gateway.adminPort)
            let request = gateway.adminRequest("GET", "/v1/events").replacing(
                "Host: a\r\n", with: "Host: a\r\nLast-Event-ID: \(number)\r\n")
            let answer = try client.exchange(request)
            #expect(answer.status == 422, "\(answer)")
            #expect(answer.object["code"] as? String == "wrong_event_id")
        }
        let ahead = try EventClient(gateway, after: 1_000_000).problem()
        #expect(ahead.status == 422 && ahead.text.contains("another"), "\(ahead)")
        let unknown = try EventClient(gateway, query: "?operation=none").problem()
        #expect(unknown.status == 404, "\(unknown)")
        let wrong = try EventClient(gateway, query: "?client=acme").problem()
        #expect(wrong.status == 422, "\(wrong)")
    }

    @Test("a client's token has its own operations' events, until it is revoked (C16, C17)")
    func clients() throws {
        let gateway = try TestGateway()
        _ = try gateway.open("ete")
        try add("bolt", "hiver", to: gateway)
        let (acme, id) = try token(gateway, client: "acme")
        let opened = try gateway.admin("POST", "/v1/operations/hiver/open", "{}")
        try #require(opened.status == 200, "\(opened)")
        try gateway.bringEvents(3, to: "hiver")
        try gateway.bringEvents(2, to: "ete")
        let reader = try EventClient(gateway, after: 0, token: acme)
        try reader.read { $0.steps == 2 }
        try gateway.bringEvents(3, to: "hiver")
        try gateway.bringEvents(1, to: "ete")
        try reader.read { $0.steps == 3 }
        #expect(reader.events.count == 3 && reader.statuses.isEmpty)
        #expect(reader.events.allSatisfy { $0.data.contains(#""operation":"ete""#) })
        let other = try EventClient(gateway, query: "?operation=hiver", token: acme).problem()
        #expect(other.status == 404, "\(other)")
        let revoked = try gateway.admin(
            "POST", "/v1/tokens/\(id)/revoke", #"{"reason":"stolen"}"#)
        try #require(revoked.status == 200, "\(revoked)")
        #expect(try reader.readToEnd(), "the stream ends with its last chunk")
        #expect(reader.steps == 3)
    }

    @Test("streams have places of their own, shared as others are")
    func places() throws {
        let gateway = try TestGateway { limits in
            limits.eventStreams = 4
            limits.adminRequestsAtOnce = 1
        }
        var readers = try (0..<2).map { _ in try EventClient(gateway) }
        let further = try EventClient(gateway).problem()
        #expect(further.status == 429, "\(further)")
        // They take no place of a request.
        #expect(try gateway.admin("GET", "/v1/status").status == 200)
        readers.removeLast()
        #expect(
            try eventually {
                let reader = try EventClient(gateway)
                return reader.head.status == 200
            })
    }
}
