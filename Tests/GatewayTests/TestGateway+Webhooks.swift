import Bytes
import Cryptography
import Foundation
import TestSupport
import Testing

@testable import Gateway

extension TestGateway {
    /// One whose senders try again after a second at most.
    static func forWebhooks(
        folder: TestFolder? = nil, authorities: String? = nil,
        _ change: (inout Limits) -> Void = { _ in }
    ) throws -> TestGateway {
        try TestGateway(folder: folder, authorities: authorities) { limits in
            limits.webhookBackoffSeconds = 1
            // What a receiver that stands still is sent twice, it would count twice.
            limits.webhookTimeoutSeconds = 60
            change(&limits)
        }
    }

    func addWebhook(
        _ url: String, _ members: String = ""
    ) throws -> (id: String, secret: String) {
        let answer = try admin("POST", "/v1/webhooks", "{\"url\":\"\(url)\"\(members)}")
        try #require(answer.status == 201, "\(answer)")
        return (
            try #require(answer.object["webhook_id"] as? String),
            try #require(answer.object["secret"] as? String)
        )
    }

    /// Has an operation bring events, one for each pace.
    func bringEvents(_ count: Int, to operation: String = "ete") throws {
        for pace in 1...count {
            let answer = try admin(
                "POST", "/v1/operations/\(operation)/pace", "{\"per_second\":\(pace)}")
            try #require(answer.status == 200, "\(answer)")
        }
    }

    /// A webhook as the list has it.
    func webhook(_ id: String) throws -> [String: Any] {
        let list = try admin("GET", "/v1/webhooks").object["webhooks"] as? [[String: Any]]
        return try #require(list?.first { $0["webhook_id"] as? String == id })
    }

    /// Has a webhook tested. The gateway waits five seconds for what comes of it; where its sender
    /// stood still for as long, what came of it is asked for until it is there.
    func testWebhook(_ id: String) throws -> [String: Any] {
        let test = try admin("POST", "/v1/webhooks/\(id)/test")
        try #require(test.status == 200, "\(test)")
        var found = test.object
        let isTold = try eventually {
            if found["attempts"] as? Int ?? 0 > 0 { return true }
            if let ended = try deliveries(to: id).last {
                found = ended
            } else if let failure = try webhook(id)["failure"] as? [String: Any] {
                found = failure.merging(["outcome": "pending"]) { $1 }
            }
            return false
        }
        #expect(isTold, "\(found)")
        return found
    }

    func deliveries(to id: String) throws -> [[String: Any]] {
        let answer = try admin("GET", "/v1/webhooks/\(id)/deliveries")
        try #require(answer.status == 200, "\(answer)")
        return try #require(answer.object["deliveries"] as? [[String: Any]])
    }
}

extension WebhookReceiver.Message {
    /// The convention, told a second time.
    func verify(_ secret: String) throws {
        let key = try #require(Data(base64Encoded: String(secret.dropFirst("whsec_".count))))
        #expect((24...64).contains(key.count))
        let timestamp = try #require(fields["webhook-timestamp"].flatMap { Int64($0) })
        #expect(abs(timestamp - Int64(Date().timeIntervalSince1970)) < 300)
        let signed = Data("\(id).\(timestamp).".utf8) + Data(body)
        let code = [UInt8](key).withBytes { key -> [UInt8] in
            var authenticator = MessageAuthenticator(keyBytes: key)
            return [UInt8](signed).withBytes { signed in
                let code = authenticator.code(of: signed)
                return code.bytes.array
            }
        }
        let expected = "v1," + Data(code).base64EncodedString()
        #expect(fields["webhook-signature"] == expected)
    }
}
