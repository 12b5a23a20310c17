import Bytes
import Foundation
import Testing

@testable import portillon_load

@Suite("Entries are written as a front end sends them")
struct EntryWriterTests {
    private func requests(
        _ participants: some Sequence<UInt32>, tag: String = "k3-0", source: String? = nil,
        ticket: String? = nil
    ) -> [String] {
        let writer = EntryWriter(
            host: "127.0.0.1:8080", operation: "main-k3", key: "pk_abc", tag: tag, source: source)
        return participants.map { participant in
            var body = ByteBuffer(capacity: 16)
            var out = ByteBuffer(capacity: 16)
            writer.append(participant: participant, ticket: ticket, body: &body, to: &out)
            return out.text
        }
    }

    private func body(of request: String) throws -> [String: Any] {
        let parts = request.components(separatedBy: "\r\n\r\n")
        try #require(parts.count == 2)
        let length = try #require(
            parts[0].components(separatedBy: "\r\n").first { $0.hasPrefix("Content-Length: ") })
        #expect(length == "Content-Length: \(parts[1].utf8.count)")
        let object = try JSONSerialization.jsonObject(with: Data(parts[1].utf8))
        return try #require(object as? [String: Any])
    }

    @Test("they are requests in HTTP/1.1 with the operation's path and key")
    func requestsHaveTheirHead() throws {
        for request in requests(0..<200) {
            #expect(request.hasPrefix("POST /v1/operations/main-k3/entries HTTP/1.1\r\n"))
            #expect(request.contains("\r\nAuthorization: Bearer pk_abc\r\n"))
            let lines = request.components(separatedBy: "\r\n")
            #expect(!lines.contains { $0.contains("\n") })
        }
    }

    @Test("each participant is somebody else, in this run and from run to run")
    func participantsAreDistinct() throws {
        var seen: Set<String> = []
        for (tag, count) in [("k3-0", 2_000), ("k3-1", 2_000), ("k4-0", 2_000)] {
            for request in requests(0..<UInt32(count), tag: tag) {
                let participant = try #require(try body(of: request)["participant"] as? String)
                #expect(participant.hasSuffix("example.fr") || participant.contains("@example."))
                seen.insert(participant)
            }
        }
        #expect(seen.count == 6_000)
        let people = Set(seen.map { $0.prefix { $0 != "-" } })
        #expect(people.count > 800, "many names, not one with many numbers")
    }

    @Test("so many people share a second key, where there is one")
    func secondKeysAreShared() throws {
        let writer = EntryWriter(
            host: "h", operation: "o", key: "k", tag: "k3-0", source: nil, peoplePerSecondKey: 3)
        let keys = try (UInt32(0)..<9).map { participant in
            var body = ByteBuffer(capacity: 16)
            var out = ByteBuffer(capacity: 16)
            writer.append(participant: participant, ticket: nil, body: &body, to: &out)
            return try #require(try self.body(of: out.text)["second_key"] as? String)
        }
        #expect(Set(keys).count == 3 && keys[0] == keys[2] && keys[2] != keys[3])
        #expect(try body(of: requests(17...17)[0])["second_key"] == nil)
    }

    @Test("a permit goes along in its own field, and no other field is there without one")
    func permitsAreSent() {
        let writer = EntryWriter(
            host: "h", operation: "o", key: "k", tag: "k3-0", source: nil, permit: "pm_abc")
        var body = ByteBuffer(capacity: 16)
        var out = ByteBuffer(capacity: 16)
        writer.append(participant: 1, ticket: nil, body: &body, to: &out)
        let lines = out.text.components(separatedBy: "\r\n")
        #expect(lines.filter { $0 == "Portillon-Permit: pm_abc" }.count == 1)
        let plain = requests(1...1)[0].components(separatedBy: "\r\n")
        #expect(lines.count == plain.count + 1 && !plain.contains { $0.contains("Permit") })
    }

    @Test("one who comes back sends the same entry, with the ticket")
    func ticketsAreSent() throws {
        let first = try body(of: requests(17...17)[0])
        let again = try body(of: requests(17...17, ticket: "t.\"quoted\"")[0])
        #expect(again["participant"] as? String == first["participant"] as? String)
        #expect(first["ticket"] == nil)
        #expect(again["ticket"] as? String == "t.\"quoted\"")
    }

    @Test("a campaign's tag is in the entry")
    func sourceIsSent() throws {
        #expect(try body(of: requests(1...1, source: "tv")[0])["source"] as? String == "tv")
        #expect(try body(of: requests(1...1)[0])["source"] == nil)
    }
}
