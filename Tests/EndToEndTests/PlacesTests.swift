import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Nobody who holds little keeps out those who must act")
    struct PlacesTests {
        @Test("a client's hundred dossiers hold up no suspension, no scrape, no other client")
        func dossiers() throws {
            try withGateway { gateway in
                _ = try gateway.openOperation("ete")
                let bolt = try gateway.admin("PUT", "/v1/clients/bolt", #"{"name":"Bolt"}"#)
                #expect(bolt.status == 201)
                let other = #"{"client":"bolt","title":"Hiver","robots":"off","policy":"advise"}"#
                #expect(try gateway.admin("PUT", "/v1/operations/hiver", other).status == 201)
                #expect(try gateway.admin("POST", "/v1/operations/hiver/open", "{}").status == 200)
                let marie = try token(gateway, #"{"role":"operator","name":"marie"}"#)
                let acme = try token(gateway, #"{"role":"client","client":"acme"}"#)
                let prometheus = try token(gateway, #"{"role":"scrape","name":"prometheus"}"#)
                let boltToken = try token(gateway, #"{"role":"client","client":"bolt"}"#)
                try lengthenDossier(of: "ete", gateway)

                let fields = [
                    (name: "Authorization", value: "Bearer \(acme)"),
                    (name: "Connection", value: "close"),
                ]
                let request = HTTPRequest("GET", "/v1/operations/ete/evidence", fields)
                let crowd = GreedyCrowd(request.text, port: gateway.adminPort)
                crowd.start(100)
                // All places for dossiers are taken. How soon one is whole depends on the machine.
                let isBusy = eventually(withinSeconds: 120) { crowd.count(of: 429) > 20 }
                #expect(isBusy, "\(crowd.counts)")
                var dossiers: [Int] = []
                for round in 0..<5 {
                    let before = crowd.count(of: 200)
                    try act(round, on: gateway, token: marie)
                    let scrape = try gateway.admin("GET", "/metrics", token: prometheus)
                    #expect(scrape.status == 200, "\(scrape)")
                    let health = try gateway.admin("GET", "/healthz")
                    #expect(health.status == 200, "\(health)")
                    // A commit that a busy disk takes a second for is a reason, for that long.
                    #expect(eventually { gateway.answersReady() })
                    let read = try gateway.admin("GET", "/v1/operations/hiver", token: boltToken)
                    #expect(read.status == 200, "\(read)")
                    dossiers.append(crowd.count(of: 200) - before)
                }
                // One after the other behind the crowd's dossiers, it would be hundreds in each
                // round. While this test stands still the crowd goes on: that is one round.
                #expect(dossiers.sorted()[2] < 100, "\(dossiers)")
                crowd.stop()
                #expect(crowd.join())
                let statuses = crowd.counts.keys.sorted()
                #expect(statuses == [200, 429], "\(crowd.counts)")
                #expect(crowd.isToldWhen, "each refusal says when to come back")
            }
        }

        private func act(_ round: Int, on gateway: Gateway, token: String) throws {
            let isSuspension = round % 2 == 0
            let path = "/v1/operations/hiver/" + (isSuspension ? "suspend" : "resume")
            let body = isSuspension ? #"{"ground":"stability","note":"n"}"# : "{}"
            let answer = try gateway.admin("POST", path, body, token: token)
            #expect(answer.status == 200, "\(answer)")
        }

        @Test("strangers without a token hold all places, and an operator still gets in")
        func strangers() throws {
            // Longer than this test stands still: the operator has no more time for a token.
            try withGateway(options: ["--limit", "unauthenticated_seconds=15"]) { gateway in
                _ = try gateway.openOperation("ete")
                let strangers = try (0..<300).map { _ in try gateway.adminConnection() }
                let body = #"{"ground":"stability","note":"n"}"#
                let suspended = try gateway.admin("POST", "/v1/operations/ete/suspend", body)
                #expect(suspended.status == 200, "\(suspended)")
                #expect(try gateway.admin("GET", "/metrics").status == 200)
                #expect(try gateway.admin("GET", "/healthz").status == 200)
                // Who shows no token goes soon, without being asked.
                for stranger in strangers { #expect(stranger.isClosedByPeer()) }
            }
        }

        @Test("shares that leave nothing to others are refused at the start")
        func wrongShares() throws {
            for (limit, name) in [
                ("admin_connections_per_address=200", "admin_connections_per_address"),
                ("admin_requests_per_token=64", "admin_requests_per_token"),
            ] {
                let gateway = try Gateway()
                let process = try gateway.launch(options: ["--limit", limit])
                #expect(process.wait(atMostSeconds: 30) == .exit(78))
                #expect(
                    gateway.errors.contains("limits.\(name) must be at most half of"),
                    "\(gateway.errors)")
            }
        }

        private func token(_ gateway: Gateway, _ body: String) throws -> String {
            let made = try gateway.admin("POST", "/v1/tokens", body)
            return try #require(made.json["token"]?.string, "\(made)")
        }

        /// Gives notice over and over again: each is on record.
        private func lengthenDossier(of operation: String, _ gateway: Gateway) throws {
            let note = String(repeating: "n", count: 500)
            let path = "/v1/operations/\(operation)/traffic-notice"
            try gateway.adminAtOnce(
                (80_000..<81_440).map { participants in
                    let body = #"{"expected_participants":\#(participants),"note":"\#(note)"}"#
                    return HTTPRequest("POST", path, body: body)
                })
        }
    }
}
