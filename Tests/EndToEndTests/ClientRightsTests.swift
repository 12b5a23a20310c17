import TestSupport
import Testing

extension EndToEnd {
    @Suite("A client does what is its own, by its token (C8, C16, C18)")
    struct ClientRightsTests {
        private let path = "/v1/operations/ete"

        private func client(_ gateway: Gateway, _ name: String = "acme") throws -> String {
            let made = try gateway.admin(
                "POST", "/v1/tokens", "{\"role\":\"client\",\"client\":\"\(name)\"}")
            return try #require(made.json["token"]?.string, "\(made)")
        }

        @Test("it suspends on its instruction, and resumes what it suspended; on record as its own")
        func suspends() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                let token = try client(gateway)
                let instruction = #"{"ground":"client_instruction","note":"wrong prizes"}"#
                let suspended = try gateway.admin(
                    "POST", path + "/suspend", instruction, token: token)
                #expect(suspended.status == 200, "\(suspended)")
                let view = suspended.json["suspension"]
                #expect(view?["ground"]?.string == "client_instruction", "\(suspended)")
                #expect(try gateway.post(operation.entry("anna")).status == 503)
                let resumed = try gateway.admin("POST", path + "/resume", "{}", token: token)
                #expect(resumed.json["changed"]?.bool == true, "\(resumed)")
                #expect(try gateway.post(operation.entry("anna")).status == 201)
                let again = try gateway.admin("POST", path + "/resume", "{}", token: token)
                #expect(again.json["changed"]?.bool == false, "\(again)")
                for kind in ["operation.suspend", "operation.resume"] {
                    let by = try #require(try gateway.records(kind).first)["by"]
                    #expect(by?["role"]?.string == "client" && by?["name"]?.string == "acme")
                }
                let dossier = try gateway.admin("GET", path + "/evidence", token: token).text
                #expect(dossier.contains("client_instruction"))
            }
        }

        @Test("it lifts nothing that others decided, and suspends on no other ground")
        func ofOthers() throws {
            try withReplayedGateway { gateway in
                _ = try gateway.openOperation()
                let token = try client(gateway)
                let instruction = #"{"ground":"client_instruction","note":"n"}"#
                let held = try gateway.admin(
                    "POST", path + "/suspend", #"{"ground":"authority","note":"n"}"#)
                #expect(held.status == 200, "\(held)")
                for (part, body) in [
                    ("/resume", "{}"), ("/suspend", instruction),
                    ("/reset", #"{"confirm":"ete"}"#),
                ] {
                    let answer = try gateway.admin("POST", path + part, body, token: token)
                    expectProblem(answer, 403, code: "held_by_another")
                }
                expectProblem(
                    try gateway.admin("DELETE", path, #"{"confirm":"ete"}"#, token: token), 403,
                    code: "held_by_another")
                #expect(try gateway.records("operation.reset").isEmpty)
                #expect(try gateway.admin("POST", path + "/resume", "{}").status == 200)
                #expect(try gateway.admin("POST", path + "/close", "{}").status == 200)
                expectProblem(
                    try gateway.admin("POST", path + "/open", "{}", token: token), 403,
                    code: "held_by_another")
                #expect(try gateway.admin("POST", path + "/open", "{}").status == 200)
                for body in [
                    #"{"ground":"security","note":"n"}"#, #"{"ground":"unpaid","note":"n"}"#,
                ] {
                    expectProblem(
                        try gateway.admin("POST", path + "/suspend", body, token: token), 403,
                        code: "forbidden")
                }
                let definitive = try gateway.admin(
                    "POST", path + "/suspend",
                    #"{"ground":"client_instruction","definitive":true,"note":"n"}"#, token: token)
                expectProblem(definitive, 422)
                #expect(definitive.text.contains(#""pointer":"/definitive""#), "\(definitive)")
            }
        }

        @Test("it exports, resets and deletes its own: confirmed, exported before, on record")
        func retires() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let token = try client(gateway)
                let variables = ["PORTILLON_TOKEN": token, "PORTILLON_DATA": "/nowhere"]
                #expect(try gateway.post(operation.entry("anna")).status == 201)
                let file = gateway.directory.path("ete.ndjson")
                let exported = try gateway.say(
                    ["export", "ete", "--out", file], variables: variables)
                #expect(exported.ending == .exit(0), "\(exported)")
                expectProblem(
                    try gateway.admin(
                        "POST", path + "/reset", #"{"confirm":"hiver"}"#, token: token), 409,
                    code: "not_confirmed")
                let reset = try gateway.say(
                    ["operation", "reset", "ete", "--confirm", "ete", "--json"],
                    variables: variables)
                #expect(reset.ending == .exit(0), "\(reset)")
                #expect(reset.json["export"]?["entries"]?.integer == 1, "\(reset)")
                #expect(try gateway.state(of: operation)["entries"]?.integer == 0)
                let deleted = try gateway.say(
                    ["operation", "delete", "ete", "--confirm", "ete"], variables: variables)
                #expect(deleted.ending == .exit(0), "\(deleted)")
                #expect(try gateway.admin("GET", path, token: token).status == 404)
                for kind in ["person.export", "operation.reset", "operation.delete"] {
                    let records = try gateway.records(kind)
                    #expect(records.count == 1, "\(kind): \(records)")
                    #expect(records.first?["by"]?["role"]?.string == "client", "\(records)")
                    #expect(records.first?["by"]?["name"]?.string == "acme", "\(records)")
                }
            }
        }

        @Test("of another client's operation it learns nothing: as if it were not there")
        func strangers() throws {
            try withReplayedGateway { gateway in
                _ = try gateway.openOperation()
                _ = try gateway.admin("PUT", "/v1/clients/bolt", #"{"name":"Bolt"}"#)
                let token = try client(gateway, "bolt")
                let instruction = #"{"ground":"client_instruction","note":"n"}"#
                for (method, part, body) in [
                    ("POST", "/suspend", instruction), ("POST", "/resume", "{}"),
                    ("POST", "/reset", #"{"confirm":"ete"}"#),
                    ("DELETE", "", #"{"confirm":"ete"}"#),
                    ("GET", "/export", nil), ("PATCH", "", #"{"title":"x"}"#),
                ] as [(String, String, String?)] {
                    let other = try gateway.admin(method, path + part, body, token: token)
                    let none = try gateway.admin(
                        method, "/v1/operations/none" + part, body, token: token)
                    #expect(other.status == none.status && other.status >= 403, "\(other)")
                    #expect(other.json == none.json, "\(method) \(part): \(other), \(none)")
                }
            }
        }
    }
}
