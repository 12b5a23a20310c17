import Availability
import Foundation
import Ledger
import Testing
import Time
import Wire

@testable import Gateway

/// Who may use which route, written out: a route that is added must be placed here on purpose, and
/// what is written is what requests meet.
@Suite("Who may what: roles and routes", .onOwnThread)
struct PermissionTests {
    /// Holders of tokens, in the order of the table's signs. The owner is the client whose the
    /// operation and the key are, the stranger is another client.
    private enum Holder: String, CaseIterable {
        case admin, `operator`, auditor, owner, stranger, scrape
    }

    /// By route one sign for each holder: `+` may, `-` is forbidden (403), `0` meets nothing (404).
    private static let table: [String: String] = [
        "GET /metrics": "+++--+",
        "GET /openapi.json": "+++++-",
        "GET /v1/status": "+++---",
        "GET /v1/operations": "+++++-",
        "GET /v1/operations/{operation}": "++++0-",
        "GET /v1/operations/{operation}/campaigns": "++++0-",
        "GET /v1/operations/{operation}/keys": "++++0-",
        "GET /v1/operations/{operation}/evidence": "++++0-",
        "GET /v1/operations/{operation}/robots": "++++0-",
        // Of each what its token may see; the world has no entries.
        "GET /v1/entries/{entry}/robots": "+++++-",
        // What persons gave: no auditor and no operator. A client learns of no other operation,
        // not even of one that is not there.
        "GET /v1/operations/{operation}/export": "+--+--",
        "GET /v1/token": "+++++-",
        "GET /v1/tokens": "+-+---",
        "PUT /v1/clients/{client}": "+-----",
        "PUT /v1/operations/{operation}": "+---0-",
        "PATCH /v1/operations/{operation}": "+--+0-",
        "DELETE /v1/operations/{operation}": "+--+0-",
        "POST /v1/operations/{operation}/reset": "+--+0-",
        "POST /v1/operations/{operation}/traffic-notice": "+--+0-",
        "DELETE /v1/operations/{operation}/traffic-notice": "+--+0-",
        "POST /v1/operations/{operation}/campaigns": "+--+0-",
        "DELETE /v1/operations/{operation}/campaigns/{campaign}": "+--+0-",
        "POST /v1/operations/{operation}/open": "+--+0-",
        "POST /v1/operations/{operation}/close": "+--+0-",
        "POST /v1/operations/{operation}/resume": "++-+0-",
        "POST /v1/operations/{operation}/suspend": "++-+0-",
        "POST /v1/operations/{operation}/pace": "++--0-",
        "GET /v1/operations/{operation}/notes": "++++0-",
        "POST /v1/operations/{operation}/notes": "++-+0-",
        "POST /v1/operations/{operation}/campaign-check": "++++0-",
        "GET /v1/calendar": "+++++-",
        "PUT /v1/calendar": "+-----",
        "GET /v1/calendar.ics": "+++++-",
        "GET /v1/clients/{client}": "++++0-",
        "GET /v1/clients/{client}/notes": "++++0-",
        "GET /v1/clients/{client}/status": "++++0-",
        "POST /v1/clients/{client}/notes": "++-+0-",
        "POST /v1/clients/{client}/suspend": "++----",
        "POST /v1/clients/{client}/resume": "++----",
        "GET /v1/suspension-notice": "+++---",
        // Of each what its token may see.
        "GET /v1/events": "+++++-",
        "GET /v1/webhooks": "+-+---",
        "GET /v1/webhooks/{webhook_id}/deliveries": "+-+---",
        "POST /v1/webhooks": "+-----",
        "DELETE /v1/webhooks/{webhook_id}": "+-----",
        "POST /v1/webhooks/{webhook_id}/test": "+-----",
        "GET /v1/permits": "+++---",
        "POST /v1/permits": "+-----",
        "POST /v1/permits/verify": "+++---",
        "POST /v1/permits/{permit_id}/revoke": "++----",
        "POST /v1/permits/{permit_id}/purge": "+-----",
        // Of each what its token may see, and do with what is its own.
        "GET /v1/incidents": "+++++-",
        "GET /v1/incidents/{incident}": "+++++-",
        "POST /v1/incidents": "++-++-",
        "POST /v1/incidents/{incident}/acknowledge": "++----",
        "POST /v1/incidents/{incident}/notes": "++-++-",
        "POST /v1/incidents/{incident}/reclassify": "++----",
        "POST /v1/incidents/{incident}/resolve": "++----",
        "POST /v1/incidents/{incident}/reopen": "++-++-",
        "GET /v1/maintenance": "+++++-",
        "POST /v1/maintenance": "++----",
        "POST /v1/maintenance/{maintenance}/extend": "++----",
        "POST /v1/maintenance/{maintenance}/end": "++----",
        "GET /v1/force-majeure": "+++++-",
        "POST /v1/force-majeure": "+-----",
        "POST /v1/force-majeure/{force_majeure}/end": "+-----",
        "GET /v1/corrections": "+++++-",
        "POST /v1/corrections": "+-----",
        "GET /v1/changes": "+++++-",
        "POST /v1/changes": "+-----",
        "POST /v1/changes/{change}/withdraw": "+-----",
        "POST /v1/probes/{probe}/minutes": "++----",
        "DELETE /v1/probes/{probe}": "+-----",
        // Of a client's token, its own.
        "GET /v1/availability": "+++++-",
        "GET /v1/statement": "+++++-",
        "POST /v1/clock/confirm": "++----",
        "POST /v1/operations/{operation}/keys": "+--+0-",
        "POST /v1/keys/{key_id}/revoke": "+--+0-",
        "POST /v1/keys/{key_id}/suspect": "+--+0-",
        "POST /v1/tokens": "+-----",
        "POST /v1/tokens/{token_id}/renew": "+-----",
        "POST /v1/tokens/{token_id}/revoke": "+-----",
        "POST /v1/tokens/{token_id}/suspect": "+-----",
        "GET /v1/cluster": "+++---",
        "POST /v1/cluster/step-down": "++----",
        "DELETE /v1/cluster/nodes/{node}": "+-----",
    ]

    @Test("every route has its line, and no other is there")
    func everyRoute() {
        let routes = AdminRouteTable.routes.map { "\($0.method) \($0.pattern.text)" }
        let missing = Set(routes).subtracting(Self.table.keys).sorted()
        let gone = Set(Self.table.keys).subtracting(routes).sorted()
        #expect(missing.isEmpty, "place these routes in the table: who may use them?")
        #expect(gone.isEmpty, "no such routes any more")
        for (route, signs) in Self.table {
            #expect(signs.count == Holder.allCases.count, "\(route)")
        }
    }

    @Test("a request of each holder by each route meets what the table says")
    func everyRequest() throws {
        let world = try World()
        for route in AdminRouteTable.routes {
            let name = "\(route.method) \(route.pattern.text)"
            let signs = Array(try #require(Self.table[name], "\(name)"))
            for (holder, sign) in zip(Holder.allCases, signs) {
                let answer = try world.ask(route, as: holder)
                #expect(meaning(of: answer) == sign, "\(name) as \(holder): \(answer)")
            }
            let anonymous = try world.ask(route, as: nil)
            #expect(anonymous.status == 401, "\(name): \(anonymous)")
        }
    }

    /// The document names the roles of the table.
    @Test("the OpenAPI document says the same")
    func documented() throws {
        let document = try JSONSerialization.jsonObject(with: Data(OpenAPIDocument.ofBoth))
        let paths = (document as? [String: Any])?["paths"] as? [String: [String: Any]] ?? [:]
        for (name, signs) in Self.table {
            let parts = name.split(separator: " ").map(String.init)
            let operation = paths[parts[1]]?[parts[0].lowercased()] as? [String: Any]
            // Those of both listeners need no token on one of them.
            if (operation?["tags"] as? [String])?.contains("public") == true { continue }
            let security = operation?["security"] as? [[String: [String]]] ?? []
            let documented = Set(security.compactMap { $0["token"]?.first })
            let allowed = zip(Holder.allCases, signs).filter { $0.1 == "+" }
                .map { $0.0 == .owner || $0.0 == .stranger ? "client" : $0.0.rawValue }
            #expect(documented == Set(allowed), "\(name)")
        }
    }

    /// Whatever comes of a request that may be made, it is no refusal of its token.
    private func meaning(of answer: Answer) -> Character {
        switch (answer.status, answer.object["code"] as? String) {
        case (403, "forbidden"): "-"
        case (404, "unknown_operation"), (404, "unknown_client"), (404, "not_found"): "0"
        case (401, _): "!"
        default: "+"
        }
    }

    /// An operation of one client, another client, and a token of each kind.
    private final class World {
        private let gateway: TestGateway
        private var tokens: [Holder: String] = [:]
        private var names: [String: String] = [
            "operation": "ete", "client": "acme", "campaign": "none",
        ]

        init() throws {
            gateway = try TestGateway()
            _ = try gateway.open("ete")
            _ = try gateway.admin("PUT", "/v1/clients/bolt", #"{"name":"Bolt"}"#)
            let key = try gateway.admin("POST", "/v1/operations/ete/keys", "{}")
            names["key_id"] = try #require(key.object["key_id"] as? String)
            let campaign = try gateway.admin(
                "POST", "/v1/operations/ete/campaigns",
                #"{"channel":"email","recipients":9,"starts":"2030-01-01T00:00:00Z"}"#)
            names["campaign"] = try #require(campaign.object["campaign"] as? String)
            let webhook = try gateway.admin(
                "POST", "/v1/webhooks", #"{"url":"http://127.0.0.1:1/"}"#)
            let minute = Minute(containing: SystemClock.wallClock()).advanced(by: -2).starts
            _ = try gateway.admin(
                "POST", "/v1/probes/paris/minutes",
                "{\"minute\":\"\(minute.rfc3339)\",\"attempts\":60,\"failed\":0,\"slow\":0}")
            names["probe"] = "paris"
            names["permit_id"] = "pt-none"
            for name in ["incident", "maintenance", "force_majeure", "change"] {
                names[name] = "9"
            }
            names["webhook_id"] = try #require(webhook.object["webhook_id"] as? String)
            for holder in Holder.allCases where holder != .admin {
                let body =
                    switch holder {
                    case .owner: #"{"role":"client","client":"acme"}"#
                    case .stranger: #"{"role":"client","client":"bolt"}"#
                    default: "{\"role\":\"\(holder.rawValue)\",\"name\":\"n\"}"
                    }
                let made = try gateway.admin("POST", "/v1/tokens", body)
                tokens[holder] = try #require(made.object["token"] as? String, "\(made)")
                names["token_id"] = try #require(made.object["token_id"] as? String)
            }
        }

        /// A request that changes nothing, whoever sends it: its body has a field that no route
        /// knows.
        func ask(_ route: AdminRoute, as holder: Holder?) throws -> Answer {
            let path = route.pattern.parameters.reduce(route.pattern.text) {
                $0.replacingOccurrences(of: "{\($1)}", with: names[$1] ?? "missing-\($1)")
            }
            let body = route.method == "GET" ? "" : #"{"field_of_no_route":1}"#
            let client = try WireClient(port: gateway.adminPort)
            try client.send(request(route.method, path, body, as: holder))
            var answer = try client.receiveHead()
            // What is streamed is permitted.
            if let length = answer["content-length"].flatMap({ Int($0) }) {
                answer.body = try client.take(length)
            }
            return answer
        }

        private func request(
            _ method: String, _ path: String, _ body: String, as holder: Holder?
        ) -> String {
            if holder == .admin { return gateway.adminRequest(method, path, body) }
            let credential = holder.flatMap { tokens[$0] }.map {
                "Authorization: Bearer \($0)\r\n"
            }
            return "\(method) \(path) HTTP/1.1\r\nHost: a\r\n\(credential ?? "")"
                + "Content-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
    }
}
