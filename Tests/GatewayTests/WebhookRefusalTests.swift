import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite("Webhooks that are refused, and their secrets", .onOwnThread)
struct WebhookRefusalTests {
    @Test(
        "an address that events may not go to is refused with a pointer",
        arguments: [
            "http://example.org/", "ftp://example.org/", "https://user:secret@example.org/",
            "https://", "example.org", "https://example.org/#part", "http://10.0.0.1/",
            "https://example.org/a b", "http://127.0.0.1.example.org/", "",
            "https://example.org/" + String(repeating: "a", count: 2_048),
        ])
    func refusedAddresses(url: String) throws {
        let gateway = try TestGateway.forWebhooks()
        let answer = try gateway.admin("POST", "/v1/webhooks", "{\"url\":\"\(url)\"}")
        #expect(answer.status == 422, "\(answer)")
        let errors = answer.object["errors"] as? [[String: String]]
        #expect(errors?.first?["pointer"] == "/url", "\(answer)")
    }

    @Test("what else is wrong with a webhook is refused, and leaves nothing behind")
    func refused() throws {
        let gateway = try TestGateway.forWebhooks()
        for (members, pointer) in [
            (#","client":"none""#, "/client"), (#","events":["webhook.test"]"#, "/events/0"),
            (#","events":["cover.near","nothing"]"#, "/events/1"), (#","secret":"x""#, "/secret"),
        ] {
            let answer = try gateway.admin(
                "POST", "/v1/webhooks", "{\"url\":\"https://example.org/\"\(members)}")
            #expect(answer.status == 422, "\(answer)")
            let errors = answer.object["errors"] as? [[String: String]]
            #expect(errors?.first?["pointer"] == pointer, "\(answer)")
        }
        for (method, path) in [
            ("DELETE", "/v1/webhooks/wh-none"), ("POST", "/v1/webhooks/wh-none/test"),
            ("GET", "/v1/webhooks/wh-none/deliveries"),
        ] {
            #expect(try gateway.admin(method, path).status == 404, "\(method) \(path)")
        }
        let names = try FileManager.default.contentsOfDirectory(
            atPath: gateway.folder.path + "/keys")
        #expect(names.allSatisfy { !$0.hasSuffix(".webhook") }, "\(names)")
    }

    @Test("the secret is shown once and is nowhere in clear; a removed webhook's is destroyed")
    func secret() throws {
        let receiver = try WebhookReceiver()
        let gateway = try TestGateway.forWebhooks()
        let (id, secret) = try gateway.addWebhook(receiver.url)
        let list = try gateway.admin("GET", "/v1/webhooks")
        #expect(!list.text.contains("whsec_"))
        let key = try #require(Data(base64Encoded: String(secret.dropFirst("whsec_".count))))
        let folder = gateway.folder.path
        let file = folder + "/keys/\(id).webhook"
        #expect(try Data(contentsOf: URL(filePath: file)).range(of: key) == nil)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder + "/journal")
        where name.hasSuffix(".segment") {
            let bytes = try Data(contentsOf: URL(filePath: folder + "/journal/" + name))
            #expect(bytes.range(of: key) == nil)
            #expect(bytes.range(of: Data(secret.utf8)) == nil)
        }
        #expect(try gateway.admin("DELETE", "/v1/webhooks/\(id)").status == 200)
        #expect(!FileManager.default.fileExists(atPath: file))
        #expect(try gateway.admin("GET", "/v1/webhooks/\(id)/deliveries").status == 404)
        receiver.stop()
    }
}
