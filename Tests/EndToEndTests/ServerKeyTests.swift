import TestSupport
import Testing

extension EndToEnd {
    @Suite("A server's key: the visitors of a program are participants, and stay so")
    struct ServerKeyTests {
        /// An entry as a program sends it that says its name.
        private func entry(_ participant: String, by operation: Operation) -> HTTPRequest {
            HTTPRequest(
                "POST", operation.path,
                [
                    ("Authorization", "Bearer \(operation.key)"),
                    ("User-Agent", "python-requests/2.32.3"), ("Accept", "*/*"),
                ],
                body: "{\"participant\":\(JSON.literal(participant))}")
        }

        private func number(
            of participant: String, by operation: Operation, _ gateway: Gateway, status: Int
        ) throws -> Int? {
            let answer = try gateway.post(entry(participant, by: operation))
            #expect(answer.status == status, "\(answer)")
            return answer.json["participant_number"]?.integer
        }

        /// Makes a server's key by the command line.
        private func makeServer(_ gateway: Gateway) throws -> Operation {
            let made = try gateway.say("key", "create", "ete", "--server", "--json")
            try #require(made.ending == .exit(0), "\(made)")
            #expect(made.json["front_end"]?.string == "server", "\(made)")
            return Operation(
                name: "ete", key: try #require(made.json["key"]?.string),
                keyIdentifier: try #require(made.json["key_id"]?.string))
        }

        @Test("made, listed and used; after a crash and from a replay it is what it was")
        func restarts() throws {
            try withReplayedGateway { gateway in
                let page = try gateway.openOperation(settings: #""robots":"observe""#)
                let server = try makeServer(gateway)
                #expect(try number(of: "anna", by: server, gateway, status: 201) == 1)
                #expect(try number(of: "anna", by: page, gateway, status: 200) == 1)
                #expect(try number(of: "bert", by: page, gateway, status: 201) == 0)
                try gateway.kill()
                try gateway.start()
                #expect(try number(of: "anna", by: server, gateway, status: 200) == 1)
                #expect(try number(of: "bert", by: server, gateway, status: 201) == 2)
                #expect(try number(of: "carl", by: page, gateway, status: 201) == 0)
                try expectKinds(["browser", "server"], gateway)
                let state = try gateway.state(of: page)
                #expect(state["participants"]?.integer == 2, "\(state)")
                #expect(state["robot_entries"]?.integer == 2, "\(state)")
                #expect(try gateway.stop() == .exit(0))
                try gateway.start()
                #expect(try number(of: "carl", by: server, gateway, status: 201) == 3)
                try expectKinds(["browser", "server"], gateway)
            }
        }

        private func expectKinds(_ kinds: [String], _ gateway: Gateway) throws {
            let list = try gateway.say("key", "list", "ete", "--json")
            let found = list.json["keys"]?.elements.compactMap { $0["front_end"]?.string } ?? []
            #expect(found.sorted() == kinds, "\(list)")
        }

        @Test("the record says what the key is for, and says nothing where it is for browsers")
        func record() throws {
            let gateway = try Gateway()
            try gateway.start()
            _ = try gateway.openOperation()
            _ = try makeServer(gateway)
            #expect(try gateway.stop() == .exit(0))
            let records = try gateway.records("access.add_key")
            let kinds = records.map { $0["details"]?["front_end"]?.string }
            #expect(kinds == [nil, "server"], "\(records)")
        }
    }
}
