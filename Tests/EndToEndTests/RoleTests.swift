import Testing

extension EndToEnd {
    @Suite("Everybody sees and does what is theirs (C16, C17)")
    struct RoleTests {
        @Test("a client sees and changes its own operations, and no other's")
        func client() throws {
            try withGateway { gateway in
                let own = try gateway.openOperation("ete")
                #expect(try gateway.admin("PUT", "/v1/clients/bolt", #"{"name":"Bolt"}"#).isGood)
                let other = #"{"client":"bolt","title":"Hiver","policy":"enforce"}"#
                #expect(try gateway.admin("PUT", "/v1/operations/hiver", other).isGood)
                let key = try gateway.admin("POST", "/v1/operations/hiver/keys", "{}").json
                let token = try token(gateway, #"{"role":"client","client":"acme"}"#)
                #expect(token.hasPrefix("ck_"))

                let list = try gateway.admin("GET", "/v1/operations", token: token).json
                #expect(list["operations"]?.elements.map { $0["operation"]?.string } == ["ete"])
                let notice = #"{"expected_participants":60000}"#
                let path = "/v1/operations/ete"
                for (method, part, body, status) in [
                    ("GET", "", nil, 200), ("GET", "/evidence", nil, 200),
                    ("POST", "/traffic-notice", notice, 201),
                    ("DELETE", "/traffic-notice", nil, 200),
                    ("POST", "/keys", "{}", 201), ("POST", "/close", "{}", 200),
                    ("POST", "/open", "{}", 200),
                    ("POST", "/suspend", #"{"ground":"unpaid","note":"n"}"#, 403),
                    ("POST", "/resume", "{}", 200), ("POST", "/pace", #"{"per_second":1}"#, 403),
                    ("PUT", "", #"{"client":"acme","title":"T"}"#, 403),
                ] as [(String, String, String?, Int)] {
                    let answer = try gateway.admin(method, path + part, body, token: token)
                    #expect(answer.status == status, "\(method) \(part): \(answer)")
                }
                for (method, path, status) in [
                    ("GET", "/v1/operations/hiver", 404), ("GET", "/v1/operations/none", 404),
                    ("GET", "/v1/operations/hiver/evidence", 404),
                    ("POST", "/v1/operations/hiver/open", 404),
                    ("POST", "/v1/keys/\(key["key_id"]?.string ?? "")/revoke", 404),
                    ("POST", "/v1/keys/\(own.keyIdentifier)/revoke", 200),
                    ("GET", "/v1/status", 403), ("PUT", "/v1/clients/acme", 403),
                    ("GET", "/v1/tokens", 403), ("POST", "/v1/tokens", 403),
                ] {
                    let body = method == "GET" ? nil : "{}"
                    let answer = try gateway.admin(method, path, body, token: token)
                    #expect(answer.status == status, "\(method) \(path): \(answer)")
                }
            }
        }

        @Test("an operator reads, suspends, resumes and paces; who scrapes gets metrics")
        func others() throws {
            try withGateway { gateway in
                _ = try gateway.openOperation("ete")
                let marie = try token(gateway, #"{"role":"operator","name":"marie"}"#)
                let scrape = try token(gateway, #"{"role":"scrape","name":"prometheus"}"#)
                let suspension = #"{"ground":"stability","note":"n","definitive":false}"#
                let path = "/v1/operations/ete"
                for (method, path, body, operatorStatus, scrapeStatus) in [
                    ("GET", "/metrics", nil, 200, 200), ("GET", "/v1/status", nil, 200, 403),
                    ("GET", path, nil, 200, 403), ("POST", path + "/suspend", suspension, 200, 403),
                    ("POST", path + "/resume", "{}", 200, 403),
                    ("POST", path + "/pace", #"{"per_second":50}"#, 200, 403),
                    ("POST", path + "/pace", #"{"per_second":null}"#, 200, 403),
                    ("POST", path + "/close", "{}", 403, 403),
                    ("POST", path + "/keys", "{}", 403, 403), ("GET", "/v1/tokens", nil, 403, 403),
                ] as [(String, String, String?, Int, Int)] {
                    for (token, status) in [(marie, operatorStatus), (scrape, scrapeStatus)] {
                        let answer = try gateway.admin(method, path, body, token: token)
                        #expect(answer.status == status, "\(method) \(path): \(answer)")
                    }
                }
                let evidence = try gateway.admin("GET", path + "/evidence", token: marie).text
                #expect(evidence.contains(#""name" : "marie""#))
            }
        }

        @Test("a revoked token stops at once, and after a restart too")
        func revoked() throws {
            try withGateway { gateway in
                let token = try token(gateway, #"{"role":"operator","name":"marie"}"#)
                #expect(try gateway.admin("GET", "/v1/status", token: token).status == 200)
                let list = try gateway.admin("GET", "/v1/tokens").json["tokens"]?.elements ?? []
                let id = try #require(list.first?["token_id"]?.string)
                let revoked = try gateway.admin(
                    "POST", "/v1/tokens/\(id)/revoke", #"{"reason":"stolen"}"#)
                #expect(revoked.json["reason"]?.string == "stolen")
                #expect(try gateway.admin("GET", "/v1/status", token: token).status == 401)
                #expect(try gateway.stop() == .exit(0))
                try gateway.start()
                #expect(try gateway.admin("GET", "/v1/status", token: token).status == 401)
                #expect(try gateway.admin("GET", "/v1/status").status == 200)
            }
        }

        @Test("tokens are made, listed and revoked by commands")
        func commands() throws {
            try withGateway { gateway in
                _ = try gateway.openOperation("ete")
                let made = try gateway.say("token", "create", "client", "acme", "--json")
                #expect(made.ending == .exit(0), "\(made)")
                let token = try #require(made.json["token"]?.string)
                let id = try #require(made.json["token_id"]?.string)
                let told = try gateway.say("token", "create", "operator", "marie")
                #expect(told.output.contains("ot_") && told.errors.contains("not shown again"))
                let list = try gateway.say("token", "list")
                #expect(list.output.contains("marie") && !list.output.contains(token))
                let path = "/v1/operations/ete"
                #expect(try gateway.admin("GET", path, token: token).status == 200)
                let revoked = try gateway.say("token", "revoke", id, "--reason", "lost")
                #expect(revoked.ending == .exit(0) && revoked.output.contains("lost"), "\(revoked)")
                #expect(try gateway.admin("GET", path, token: token).status == 401)
                let nobody = try gateway.say("token", "create", "client", "nobody")
                #expect(nobody.ending == .exit(1) && nobody.errors.contains("nobody"))
            }
        }

        @Test(
            "a token that cannot be is refused, with its pointer",
            arguments: [
                (#"{"role":"admin","name":"n"}"#, "/role"), (#"{"role":"operator"}"#, "/name"),
                (#"{"role":"client","client":"nobody"}"#, "/client"), ("{}", "/role"),
            ])
        func faults(body: String, pointer: String) throws {
            try withGateway { gateway in
                let answer = try gateway.admin("POST", "/v1/tokens", body)
                #expect(answer.status == 422, "\(answer)")
                #expect(answer.text.contains(#""pointer":"\#(pointer)""#), "\(answer)")
            }
        }

        private func token(_ gateway: Gateway, _ body: String) throws -> String {
            let answer = try gateway.admin("POST", "/v1/tokens", body)
            try #require(answer.status == 201, "\(answer)")
            return try #require(answer.json["token"]?.string)
        }
    }
}

extension HTTPAnswer {
    fileprivate var isGood: Bool { (200..<300).contains(status) }
}
