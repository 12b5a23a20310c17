import Foundation
import Testing

@testable import Gateway

@Suite("The status page is served where it is asked for, and to each client", .onOwnThread)
struct StatusRouteTests {
    private func get(
        _ gateway: TestGateway, _ path: String, _ fields: String = "", method: String = "GET"
    ) throws -> Answer {
        let client = try gateway.connect()
        let length = method == "POST" ? "Content-Length: 0\r\n" : ""
        try client.send("\(method) \(path) HTTP/1.1\r\nHost: a\r\n\(length)\(fields)\r\n")
        return try client.receive(toHead: method == "HEAD")
    }

    private func admin(_ gateway: TestGateway, _ path: String, _ fields: String) throws -> Answer {
        try WireClient(port: gateway.adminPort)
            .exchange("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(fields)\r\n")
    }

    @Test("without the setting there is no such path")
    func off() throws {
        let gateway = try TestGateway()
        for path in ["/status", "/status.json", "/status.ics"] {
            let answer = try get(gateway, path)
            #expect(answer.status == 404, "\(path): \(answer)")
            #expect(answer.object["code"] as? String == "not_found")
            #expect(try get(gateway, path, method: "POST").status == 404)
        }
    }

    @Test("page, JSON and calendar have their types, caches may keep them, and nobody frames them")
    func served() throws {
        let gateway = try TestGateway(hasStatusPage: true)
        for (path, type) in [
            ("/status", "text/html; charset=utf-8"), ("/status.json", "application/json"),
            ("/status.ics", "text/calendar; charset=utf-8"),
        ] {
            let answer = try get(gateway, path)
            #expect(answer.status == 200 && answer["content-type"] == type, "\(path): \(answer)")
            #expect(answer["cache-control"] == "public, max-age=15")
            #expect(answer["x-content-type-options"] == "nosniff")
            let tag = try #require(answer["etag"], "\(path)")
            let again = try get(gateway, path, "If-None-Match: \(tag)\r\n")
            // A minute may have gone by.
            #expect(again.status == 304 || again["etag"] != tag, "\(path): \(again)")
            let head = try get(gateway, path, method: "HEAD")
            #expect(head.status == 200 && head.body.isEmpty)
            let post = try get(gateway, path, method: "POST")
            #expect(post.status == 405 && post["allow"] == "GET, HEAD", "\(path): \(post)")
        }
        let page = try get(gateway, "/status")
        let policy = try #require(page["content-security-policy"])
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
        #expect(policy.hasSuffix("frame-ancestors 'none'") && !policy.contains("unsafe"))
        #expect(page["x-frame-options"] == "DENY" && page["referrer-policy"] == "no-referrer")
        // Pages elsewhere may read the JSON: it is everybody's.
        let json = try get(gateway, "/status.json", "Origin: https://a.example\r\n")
        #expect(json["access-control-allow-origin"] == "*", "\(json)")
        #expect(json["cross-origin-resource-policy"] == "cross-origin")
        #expect(ServiceStatus.shape.violations(in: json.object, at: "").isEmpty, "\(json)")
    }

    @Test("the language is the query's, then the browser's, then English")
    func languages() throws {
        let gateway = try TestGateway(hasStatusPage: true)
        for (query, accepted, language) in [
            ("", "", "en"), ("", "Accept-Language: fr-CA,en;q=0.5\r\n", "fr"),
            ("?lang=fr", "Accept-Language: en\r\n", "fr"),
            ("?language=fr", "Accept-Language: en\r\n", "fr"),
            ("?a=b&lang=en", "Accept-Language: fr\r\n", "en"),
            ("?lang=de", "Accept-Language: fr\r\n", "fr"), ("?lang=", "", "en"),
        ] {
            let page = try get(gateway, "/status" + query, accepted)
            #expect(page.status == 200 && page["content-language"] == language, "\(query)")
            #expect(page.text.contains("<html lang=\"\(language)\">"), "\(query)")
            #expect(page.fields(named: "vary").contains("Accept-Language"), "\(page)")
        }
    }

    @Test("what is announced is on it soon, for those whom it concerns")
    func follows() throws {
        let gateway = try TestGateway(hasStatusPage: true)
        _ = try gateway.open("ete")
        let starts = Date(timeIntervalSinceNow: 86_400).formatted(.iso8601)
        let ends = Date(timeIntervalSinceNow: 90_000).formatted(.iso8601)
        let made = try gateway.admin(
            "POST", "/v1/maintenance",
            "{\"kind\":\"scheduled\",\"note\":\"rack 7\",\"starts\":\"\(starts)\","
                + "\"ends\":\"\(ends)\"}")
        #expect(made.status == 201, "\(made)")
        let change = try gateway.admin(
            "POST", "/v1/changes",
            "{\"note\":\"exports by night\",\"takes_effect_at\":\"\(ends)\"}")
        #expect(change.status == 201, "\(change)")
        var shown = 0
        // The thread that makes the page has the least priority.
        for _ in 0..<2_400 where shown == 0 {
            let answer = try get(gateway, "/status.json")
            shown = (answer.object["changes"] as? [Any])?.count ?? 0
            if shown == 0 { Thread.sleep(forTimeInterval: 0.05) }
        }
        #expect(shown == 1)
        for (language, summary) in [
            ("en", "A change of the service"), ("fr", "Une modification du service"),
        ] {
            let file = try get(gateway, "/status.ics?lang=\(language)")
            #expect(file["content-language"] == language, "\(file)")
            #expect(file.text.contains("UID:maintenance-1-"))
            #expect(file.text.contains("UID:change-1-"))
            #expect(file.text.contains("SUMMARY:\(summary)\r\n"), "\(file.text)")
            let page = try get(gateway, "/status?lang=\(language)")
            #expect(page.text.contains("href=\"/status.ics?language=\(language)\""))
        }
        for path in ["/status", "/status.json", "/status.ics"] {
            #expect(!(try get(gateway, path).text.contains("rack 7")), "\(path)")
        }
        let own = try gateway.admin("GET", "/v1/clients/acme/status")
        #expect(own.text.contains("rack 7") && own.text.contains("\"operation\":\"ete\""))
    }

    /// A token of a client's, as a browser sends it.
    private func basic(_ token: String) -> String {
        "Authorization: Basic \(Data("acme:\(token)".utf8).base64EncodedString())\r\n"
    }

    @Test("a client's browser shows its page, with the token as password, and no other client's")
    func clients() throws {
        let gateway = try TestGateway()
        _ = try gateway.open("ete")
        _ = try gateway.admin("PUT", "/v1/clients/bolt", #"{"name":"Bolt"}"#)
        let made = try gateway.admin("POST", "/v1/tokens", #"{"role":"client","client":"acme"}"#)
        let token = try #require(made.object["token"] as? String, "\(made)")
        let path = "/v1/clients/acme/status"
        let asked = try admin(gateway, path, "Accept: text/html\r\n")
        #expect(asked.status == 401, "\(asked)")
        #expect(
            asked.fields(named: "www-authenticate").contains {
                $0.hasPrefix("Basic realm=\"portillon\"")
            })
        let page = try admin(
            gateway, path, basic(token) + "Accept: text/html,*/*;q=0.8\r\nSec-Fetch-Site: none\r\n")
        #expect(page.status == 200 && page["content-type"] == "text/html; charset=utf-8")
        #expect(page["cache-control"] == "no-store" && page["x-frame-options"] == "DENY")
        #expect(page.text.contains("Service status: acme"), "\(page)")
        let french = try admin(gateway, path + "?lang=fr", basic(token) + "Accept: text/html\r\n")
        #expect(french.text.contains("<html lang=\"fr\">"))
        let json = try admin(gateway, path, "Authorization: Bearer \(token)\r\n")
        #expect(json["content-type"] == "application/json" && json.status == 200)
        for (path, status) in [
            ("/v1/clients/bolt/status", 404), ("/v1/clients/none/status", 404),
            (path + "?lang=de", 422), (path + "?more=1", 422),
        ] {
            let answer = try admin(gateway, path, basic(token))
            #expect(answer.status == status, "\(path): \(answer)")
        }
        // A page elsewhere that has the browser send it gets nothing.
        let framed = try admin(
            gateway, path,
            basic(token) + "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n")
        #expect(framed.status == 403, "\(framed)")
    }

    @Test("a calendar program subscribes with the token as password")
    func calendar() throws {
        let gateway = try TestGateway()
        _ = try gateway.open("ete")
        let made = try gateway.admin("POST", "/v1/tokens", #"{"role":"client","client":"acme"}"#)
        let token = try #require(made.object["token"] as? String, "\(made)")
        let asked = try admin(gateway, "/v1/calendar.ics", "")
        #expect(asked.status == 401, "\(asked)")
        #expect(asked.fields(named: "www-authenticate").contains { $0.hasPrefix("Basic ") })
        let file = try admin(gateway, "/v1/calendar.ics", basic(token))
        #expect(file.status == 200 && file.text.hasPrefix("BEGIN:VCALENDAR\r\n"), "\(file)")
        #expect(try admin(gateway, "/v1/calendar", basic(token)).status == 401)
        let framed = try admin(
            gateway, "/v1/calendar.ics",
            basic(token) + "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n")
        #expect(framed.status == 403, "\(framed)")
    }

    @Test("what browsers send by themselves is good for nothing else")
    func basicElsewhere() throws {
        let gateway = try TestGateway()
        _ = try gateway.open("ete")
        let made = try gateway.admin("POST", "/v1/tokens", #"{"role":"client","client":"acme"}"#)
        let token = try #require(made.object["token"] as? String, "\(made)")
        for path in ["/v1/clients/acme", "/v1/clients/acme/notes", "/v1/operations", "/v1/token"] {
            let answer = try admin(gateway, path, basic(token))
            #expect(answer.status == 401, "\(path): \(answer)")
            #expect(answer.fields(named: "www-authenticate").allSatisfy { $0.hasPrefix("Bearer") })
        }
        let routes = AdminRouteTable.routes.filter(\.acceptsBasic)
        #expect(routes.map(\.pattern.text) == ["/v1/calendar.ics", "/v1/clients/{client}/status"])
    }

    @Test(
        "a password is what follows the first colon; what is no such field stays what it is",
        arguments: [
            ("Basic YTpi", "Bearer b"), ("bAsIc   YTpi", "Bearer b"),
            ("Basic OmI6Yw==", "Bearer b:c"),
            ("Basic YWI=", nil), ("Basic !", nil), ("Basic ", nil), ("Basic", "Basic"),
            ("Bearer x", "Bearer x"), ("", ""), (nil, nil),
        ] as [(String?, String?)])
    func passwords(given: String?, expected: String?) {
        #expect(BasicCredential.asBearer(given) == expected)
    }
}
