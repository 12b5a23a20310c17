import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Entries are accepted once, in order, and answered with their numbers")
    struct EntryTests {
        @Test("the first entry is accepted with its number and its time")
        func firstEntry() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let answer = try gateway.post(operation.entry("anne@example.fr"))
                #expect(answer.status == 201, "\(answer)")
                #expect(answer["content-type"]?.hasPrefix("application/json") == true)
                #expect(answer.json["verdict"]?.string == "accepted")
                #expect(answer.json["operation"]?.string == "ete")
                #expect(answer.json["entry"]?.string?.wholeMatch(of: /\d+/) != nil, "\(answer)")
                #expect(answer.json["participant_number"]?.integer == 1)
                #expect(isTimestamp(answer.json["at"]?.string), "\(answer)")
            }
        }

        @Test("participants are numbered from 1, each operation on its own")
        func participantsAreNumbered() throws {
            try withGateway { gateway in
                let first = try gateway.openOperation("ete")
                let second = try gateway.openOperation("hiver")
                let connection = try gateway.connect()
                for number in 1...20 {
                    let answer = try connection.exchange(first.entry("p\(number)").text)
                    #expect(answer.json["participant_number"]?.integer == number, "\(answer)")
                }
                let other = try connection.exchange(second.entry("p7").text)
                #expect(other.json["participant_number"]?.integer == 1, "\(other)")
            }
        }

        @Test("a second entry under the rule 'once' is answered with the first")
        func repeatedEntry() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let first = try gateway.post(operation.entry("anne"))
                _ = try gateway.post(operation.entry("bernard"))
                let again = try gateway.post(operation.entry("anne", members: #""source":"tv""#))
                #expect(again.status == 200, "\(again)")
                #expect(again.json["verdict"]?.string == "repeated")
                for name in ["operation", "entry", "participant_number", "at"] {
                    #expect(again.json[name] == first.json[name], "\(name): \(again)")
                }
                let state = try gateway.state(of: operation)
                #expect(state["participants"]?.integer == 2, "\(state)")
                #expect(state["entries"]?.integer == 2, "\(state)")
            }
        }

        @Test("the rule 'daily' repeats within the local day, 'unlimited' never")
        func otherRules() throws {
            try withGateway { gateway in
                // Far from midnight, whenever this runs.
                let hour = Calendar(identifier: .iso8601).dateComponents(in: .gmt, from: Date())
                    .hour
                let zone = (6..<18).contains(try #require(hour)) ? "UTC" : "Pacific/Auckland"
                let daily = try gateway.openOperation(
                    "daily", rule: "daily", settings: "\"time_zone\":\"\(zone)\"")
                let free = try gateway.openOperation("free", rule: "unlimited")
                #expect(try gateway.post(daily.entry("anne")).status == 201)
                #expect(try gateway.post(daily.entry("anne")).status == 200)
                let first = try gateway.post(free.entry("anne"))
                let second = try gateway.post(free.entry("anne"))
                #expect(second.status == 201, "\(second)")
                #expect(second.json["entry"] != first.json["entry"])
                #expect(second.json["participant_number"]?.integer == 1, "\(second)")
                let state = try gateway.state(of: free)
                #expect(state["entries"]?.integer == 2, "\(state)")
                #expect(state["participants"]?.integer == 1, "\(state)")
            }
        }

        @Test("the same Idempotency-Key is answered with the first entry, also after a restart")
        func idempotency() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation(rule: "unlimited")
                let keyed = operation.entry("anne", fields: [("Idempotency-Key", "a-1")])
                let first = try gateway.post(keyed)
                #expect(first.status == 201, "\(first)")
                let again = try gateway.post(keyed)
                #expect(again.status == 200, "\(again)")
                #expect(again.json["verdict"]?.string == "repeated")
                #expect(again.json["entry"] == first.json["entry"])
                let other = operation.entry("anne", fields: [("Idempotency-Key", "a-2")])
                #expect(try gateway.post(other).status == 201)
                try gateway.kill()
                try gateway.start()
                let later = try gateway.post(keyed)
                #expect(later.status == 200, "\(later)")
                #expect(later.json["entry"] == first.json["entry"])
            }
        }

        @Test("pipelined entries are answered in their order")
        func pipelining() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let connection = try gateway.connect()
                let requests = (1...50).map { operation.entry("p\($0)").text }
                try connection.send(requests.joined())
                for number in 1...50 {
                    let answer = try connection.receive()
                    #expect(answer.status == 201, "\(answer)")
                    #expect(answer.json["participant_number"]?.integer == number, "\(answer)")
                }
            }
        }

        @Test("an entry that comes byte by byte, or in chunks, is an entry")
        func slowAndChunked() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let connection = try gateway.connect()
                for byte in operation.entry("anne").text.utf8 { try connection.send([byte]) }
                #expect(try connection.receive().status == 201)
                let chunked =
                    "POST \(operation.path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                    + "Authorization: Bearer \(operation.key)\r\n"
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "10\r\n{\"participant\":\"\r\n8;x=y\r\nbernard\"\r\n1\r\n}\r\n0\r\n\r\n"
                let answer = try connection.exchange(chunked)
                #expect(answer.status == 201, "\(answer)")
                #expect(answer.json["participant_number"]?.integer == 2)
            }
        }

        @Test("with Expect: 100-continue the body is asked for")
        func expectContinue() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let request = operation.entry("anne", fields: [("Expect", "100-continue")]).text
                let parts = request.components(separatedBy: "\r\n\r\n")
                let connection = try gateway.connect()
                try connection.send(parts[0] + "\r\n\r\n")
                let isAsked = eventually(withinSeconds: 30) { !connection.isSilent }
                #expect(isAsked, "100 Continue comes before the body")
                try connection.send(parts[1])
                #expect(try connection.receive().status == 201)
            }
        }

        @Test("anyone may ask for an operation's state, and keep it for a second")
        func publicState() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let request = HTTPRequest("GET", "/v1/operations/ete")
                let answer = try gateway.connect().exchange(request.text)
                #expect(answer.status == 200, "\(answer)")
                #expect(answer.json["operation"]?.string == operation.name)
                #expect(answer.json["title"]?.string == "Été")
                #expect(answer.json["state"]?.string == "open")
                #expect(answer["cache-control"]?.contains("max-age=1") == true, "\(answer)")
                #expect(answer["x-content-type-options"] == "nosniff")
                #expect(answer["date"] != nil)
                let head = HTTPRequest("HEAD", "/v1/operations/ete")
                let same = try gateway.connect().exchange(head.text, toHead: true)
                #expect(same.status == 200)
                #expect(same["content-length"] == answer["content-length"], "\(same)")
            }
        }

        @Test("what a person gave is bounded: 256 bytes of participant, 8 KiB of fields")
        func bounds() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let longest = String(repeating: "é", count: 128)
                #expect(try gateway.post(operation.entry(longest)).status == 201)
                expectProblem(try gateway.post(operation.entry(longest + "x")), 422)
                expectProblem(try gateway.post(operation.entry("")), 422)
                let filler = String(repeating: "x", count: 8 * 1024 - "{'a':''}".utf8.count)
                let full = operation.entry("full", members: #""fields":{"a":"\#(filler)"}"#)
                #expect(try gateway.post(full).status == 201)
                let over = operation.entry(
                    "over", members: #""fields":{"a":"\#(filler)x"}"#)
                expectProblem(try gateway.post(over), 422)
            }
        }
    }
}
