import Foundation
import Ledger
import Synchronization
import TLSClient
import TestSupport
import Testing

@testable import Gateway

@Suite("Webhooks tell receivers, in order and at least once", .onOwnThread)
struct WebhookTests {
    // MARK: Delivery

    @Test("each event comes once, in order, signed, and its outcome is on record")
    func delivered() throws {
        let receiver = try WebhookReceiver()
        let gateway = try TestGateway.forWebhooks()
        _ = try gateway.open("ete")
        let (id, secret) = try gateway.addWebhook(receiver.url)
        #expect(secret.hasPrefix("whsec_"))
        try gateway.bringEvents(20)
        let messages = receiver.wait(for: 20)
        #expect(messages.count == 20)
        #expect(messages.map(\.record) == messages.map(\.record).sorted())
        #expect(messages.allSatisfy { $0.type == "operation.smoothed" })
        #expect(messages.allSatisfy { $0.line == "POST /hook?to=portillon HTTP/1.1" })
        #expect(messages.allSatisfy { $0.fields["content-type"] == "application/json" })
        #expect(messages.map(\.id) == messages.map { "\(id)-\($0.record)" })
        for message in messages {
            try message.verify(secret)
            let body = try JSONSerialization.jsonObject(with: Data(message.body))
            #expect(
                WebhookShapes.message(.operationSmoothed).violations(in: body, at: "") == [])
        }
        #expect(try eventually { try gateway.deliveries(to: id).count == 20 })
        let first = try #require(try gateway.deliveries(to: id).first)
        #expect(first["outcome"] as? String == "delivered" && first["status"] as? Int == 204)
        #expect(
            try gateway.metric("portillon_webhook_deliveries_total", "outcome=\"delivered\"") == 20)
        gateway.drain()
        receiver.stop()
    }

    @Test("a receiver that fails is asked again until it takes the event; others do not overtake")
    func retried() throws {
        let receiver = try WebhookReceiver { message in
            message.number < 2
                ? "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
                : WebhookReceiver.good
        }
        let gateway = try TestGateway.forWebhooks()
        _ = try gateway.open("ete")
        let (id, _) = try gateway.addWebhook(receiver.url)
        try gateway.bringEvents(3)
        let messages = receiver.wait(for: 5)
        #expect(Set(messages.prefix(3).map(\.id)).count == 1)
        #expect(Set(messages.map(\.id)).count == 3)
        #expect(Set(messages.prefix(3).map(\.body)).count == 1)
        #expect(try eventually { try gateway.deliveries(to: id).count == 3 })
        #expect(try gateway.deliveries(to: id).first?["attempts"] as? Int == 3)
        #expect(try gateway.metric("portillon_webhook_failed_attempts_total") == 2)
        receiver.stop()
    }

    @Test("a receiver that is not there yet gets everything when it is")
    func down() throws {
        let absent = try LoopbackPorts.take()
        let gateway = try TestGateway.forWebhooks()
        _ = try gateway.open("ete")
        let (id, _) = try gateway.addWebhook("http://127.0.0.1:\(absent)/")
        try gateway.bringEvents(10)
        #expect(
            try eventually { try gateway.webhook(id)["failure"] != nil })
        #expect(try gateway.webhook(id)["pending"] as? Int == 10)
        #expect(try gateway.metric("portillon_webhook_pending") == 10)
        let receiver = try WebhookReceiver(port: absent)
        let messages = receiver.wait(for: 10)
        #expect(messages.map(\.record) == messages.map(\.record).sorted())
        #expect(Set(messages.map(\.record)).count == 10)
        receiver.stop()
    }

    @Test("HTTP/1.0, and an answer without a length, count by their status")
    func oldAnswer() throws {
        let receiver = try WebhookReceiver { _ in "HTTP/1.0 200 OK\r\n\r\nthanks" }
        let gateway = try TestGateway.forWebhooks()
        _ = try gateway.open("ete")
        let (id, _) = try gateway.addWebhook(receiver.url)
        let test = try gateway.testWebhook(id)
        #expect(test["outcome"] as? String == "delivered", "\(test)")
        #expect(receiver.messages.map(\.type) == ["webhook.test"])
        receiver.stop()
    }

    @Test("a redirect is not followed, and counts as a failure")
    func redirect() throws {
        let elsewhere = try WebhookReceiver()
        let place = elsewhere.url
        let receiver = try WebhookReceiver { _ in
            "HTTP/1.1 308 Permanent Redirect\r\nLocation: \(place)\r\nContent-Length: 0\r\n\r\n"
        }
        let gateway = try TestGateway.forWebhooks()
        _ = try gateway.open("ete")
        let (id, _) = try gateway.addWebhook(receiver.url)
        let test = try gateway.testWebhook(id)
        #expect(test["outcome"] as? String == "pending", "\(test)")
        #expect(test["status"] as? Int == 308)
        #expect(receiver.wait(for: 2).count >= 2)
        #expect(elsewhere.messages.isEmpty)
        receiver.stop()
        elsewhere.stop()
    }

    @Test("410 Gone ends a webhook, and the operator's learns it")
    func gone() throws {
        let receiver = try WebhookReceiver { _ in "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n" }
        let other = try WebhookReceiver()
        let gateway = try TestGateway.forWebhooks()
        _ = try gateway.open("ete")
        let (id, _) = try gateway.addWebhook(receiver.url, #","client":"acme""#)
        _ = try gateway.addWebhook(other.url, #","events":["webhook.disabled"]"#)
        try gateway.bringEvents(2)
        #expect(
            try eventually { try gateway.webhook(id)["state"] as? String == "disabled" }
        )
        #expect(other.wait(for: 1).first?.type == "webhook.disabled")
        try gateway.bringEvents(1)
        #expect(receiver.messages.count == 1)
        #expect(try gateway.admin("POST", "/v1/webhooks/\(id)/test").status == 409)
        #expect(try gateway.deliveries(to: id).first?["status"] as? Int == 410)
        receiver.stop()
        other.stop()
    }

    @Test("an event whose time is over is given up, which is said, and the next one has its turn")
    func givenUp() throws {
        let state = ReceiverState()
        let receiver = try WebhookReceiver { _ in
            state.isWell
                ? WebhookReceiver.good : "HTTP/1.1 503 Service Unavailable\r\n\r\n"
        }
        let other = try WebhookReceiver()
        let gateway = try TestGateway.forWebhooks { $0.webhookGiveUpSeconds = 1 }
        _ = try gateway.open("ete")
        let (id, _) = try gateway.addWebhook(receiver.url)
        _ = try gateway.addWebhook(other.url, #","events":["webhook.given_up"]"#)
        try gateway.bringEvents(1)
        #expect(
            try eventually {
                try gateway.deliveries(to: id).first?["outcome"] as? String == "given_up"
            })
        #expect(other.wait(for: 1).first?.type == "webhook.given_up")
        state.recover()
        #expect(
            try eventually {
                let last = try gateway.deliveries(to: id).last
                if last?["outcome"] as? String == "delivered" { return true }
                // On a busy machine one's second may pass before its turn, too.
                if try gateway.webhook(id)["pending"] as? Int == 0 { try gateway.bringEvents(2) }
                return false
            })
        receiver.stop()
        other.stop()
    }

    /// Whether a receiver is well again.
    private final class ReceiverState: Sendable {
        private let recovered = Atomic<Bool>(false)

        var isWell: Bool { recovered.load(ordering: .acquiring) }

        func recover() { recovered.store(true, ordering: .releasing) }
    }

    // MARK: TLS

    @Test("over TLS the receiver's certificate is verified, against the file of authorities")
    func secure() throws {
        let folder = try TestFolder()
        let authority = try TestCertificate(
            at: folder.path + "/authority", names: ["authority.test"])
        let own = try TestCertificate(
            at: folder.path + "/own", names: ["127.0.0.1"], issuer: authority)
        let other = try TestCertificate(
            at: folder.path + "/other", names: ["elsewhere.test"], issuer: authority)
        let receiver = try SecureReceiver(own)
        let impostor = try SecureReceiver(other)
        let gateway = try TestGateway.forWebhooks(authorities: authority.certificate)
        let (id, _) = try gateway.addWebhook(receiver.url)
        let test = try gateway.testWebhook(id)
        #expect(test["outcome"] as? String == "delivered", "\(test)")
        #expect(receiver.requests.count == 1)
        let (wrong, _) = try gateway.addWebhook(impostor.url)
        let refused = try gateway.testWebhook(wrong)
        #expect(refused["outcome"] as? String == "pending", "\(refused)")
        #expect((refused["reason"] as? String)?.contains("TLS") == true, "\(refused)")
        // The system's authorities know nothing of this one.
        let stranger = try TestGateway.forWebhooks()
        let (unknown, _) = try stranger.addWebhook(receiver.url)
        let untrusted = try stranger.testWebhook(unknown)
        #expect(untrusted["outcome"] as? String == "pending", "\(untrusted)")
        #expect(receiver.requests.count == 1 && impostor.requests.isEmpty)
        receiver.stop()
        impostor.stop()
    }

    @Test("a file of authorities that is none stops the start, and is named")
    func authorities() throws {
        let folder = try TestFolder()
        let path = folder.path + "/none.pem"
        #expect {
            _ = try TestGateway.forWebhooks(authorities: path)
        } throws: { error in
            let text = "\(error)"
            return text.contains("webhooks.ca") && text.contains(path)
        }
    }

    // MARK: Isolation

    @Test("a receiver that answers nothing holds up no other")
    func slow() throws {
        let silent = try FakeServer([""], then: .hangs)
        let receiver = try WebhookReceiver()
        let gateway = try TestGateway.forWebhooks { $0.webhookTimeoutSeconds = 300 }
        _ = try gateway.open("ete")
        _ = try gateway.addWebhook("http://127.0.0.1:\(silent.port)/")
        _ = try gateway.addWebhook(receiver.url)
        try gateway.bringEvents(10)
        #expect(receiver.wait(for: 10).count == 10)
        // The request in progress is broken off, which has five minutes.
        let began = ContinuousClock.now
        gateway.drain()
        #expect(ContinuousClock.now - began < .seconds(60))
        silent.stop()
        receiver.stop()
    }

    @Test("a client's webhook gets its own operations' events and no other's (C17)")
    func clients() throws {
        let (acme, bolt) = (try WebhookReceiver(), try WebhookReceiver())
        let gateway = try TestGateway.forWebhooks()
        _ = try gateway.open("ete")
        let client = try gateway.admin("PUT", "/v1/clients/bolt", #"{"name":"Bolt"}"#)
        try #require(client.status == 201)
        let hiver = try gateway.admin(
            "PUT", "/v1/operations/hiver", #"{"client":"bolt","title":"T","rule":"once"}"#)
        try #require(hiver.status == 201)
        _ = try gateway.addWebhook(acme.url, #","client":"acme""#)
        _ = try gateway.addWebhook(bolt.url, #","client":"bolt""#)
        try gateway.bringEvents(3, to: "hiver")
        try gateway.bringEvents(2, to: "ete")
        #expect(acme.wait(for: 2).allSatisfy { $0.text.contains(#""operation":"ete""#) })
        #expect(bolt.wait(for: 3).allSatisfy { $0.text.contains(#""operation":"hiver""#) })
        gateway.drain()
        #expect(acme.messages.count == 2 && bolt.messages.count == 3)
        acme.stop()
        bolt.stop()
    }

    // MARK: Restarts

    @Test("what was not delivered is delivered by the next process")
    func restarted() throws {
        let absent = try LoopbackPorts.take()
        let folder = try TestFolder()
        var gateway = try TestGateway.forWebhooks(folder: folder)
        _ = try gateway.open("ete")
        let (id, secret) = try gateway.addWebhook("http://127.0.0.1:\(absent)/")
        try gateway.bringEvents(5)
        gateway.drain()
        gateway = try TestGateway.forWebhooks(folder: folder)
        try gateway.bringEvents(5)
        let receiver = try WebhookReceiver(port: absent)
        let messages = receiver.wait(for: 10)
        #expect(messages.map(\.record) == messages.map(\.record).sorted())
        #expect(Set(messages.map(\.record)).count == 10)
        for message in messages { try message.verify(secret) }
        #expect(try eventually { try gateway.deliveries(to: id).count == 10 })
        gateway.drain()
        gateway = try TestGateway.forWebhooks(folder: folder)
        #expect(try gateway.deliveries(to: id).count == 10)
        #expect(try gateway.webhook(id)["pending"] as? Int == 0)
        gateway.drain()
        #expect(receiver.messages.count == messages.count)
        receiver.stop()
    }
}
