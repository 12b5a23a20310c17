import Bytes
import TestSupport
import Testing

@testable import Robots

@Suite("A head that was seen is judged as without a memory, byte for byte")
struct HeadMemoryTests {
    /// A memory, and how often it was asked and knew the answer.
    private struct Remembering: ~Copyable {
        var memory = HeadMemory()
        private(set) var found = 0

        /// - Returns: what the verdict says, its places in the head included.
        mutating func judge(_ head: Head) -> String {
            let (bytes, fields) = head.written
            let circumstances = HeadMemory.Circumstances(
                traits: head.traits, transport: head.transport, clientHello: head.clientHello)
            return bytes.withBytes { bytes in
                let place = memory.place(of: bytes, fields.span, circumstances)
                if memory.find(bytes, fields.span, circumstances, at: place) != nil { found += 1 }
                return text(
                    Shipped.detector.judge(
                        bytes, fields.span, head.traits, over: head.transport,
                        clientHello: head.clientHello, remembering: &memory
                    ).verdict(of: .shipped))
            }
        }
    }

    private static func text(_ verdict: RobotVerdict) -> String {
        let items = (0..<verdict.evidence.count).map { verdict.evidence[$0] }
        return "\(verdict.outcome) \(verdict.weight) \(verdict.signatureWeight) \(items)"
            + " \(verdict.headHash) \(verdict.rulesetVersion) \(verdict.rulesetDigest)"
    }

    private static func seenHeads() throws -> [Head] {
        try BrowserListTests.lists().map(\.head)
            + BrowserListTests.lists(in: "tools.jsonl").map(\.head)
    }

    @Test("streams of heads, whole and changed in any place, get the verdicts of no memory")
    func streams() throws {
        var generator = SeededGenerator.printed()
        let seen = try Self.seenHeads()
        var remembering = Remembering()
        for _ in 0..<6_000 {
            var head = seen[Int.random(in: 0..<seen.count, using: &generator)]
            for _ in 0..<max(Int.random(in: -1...2, using: &generator), 0) {
                Self.change(&head, by: &generator)
            }
            let expected = Self.text(head.judge())
            #expect(remembering.judge(head) == expected, "\(head.headers)")
        }
        #expect(remembering.found > 1_500)
    }

    /// Changes one thing: a byte or the length of a value, the case of a name, the fields' order
    /// and number, or how the head came.
    private static func change(_ head: inout Head, by generator: inout SeededGenerator) {
        let place = Int.random(in: 0..<head.headers.count, using: &generator)
        let (name, value) = head.headers[place]
        switch Int.random(in: 0..<9, using: &generator) {
        case 0 where !value.isEmpty:
            var bytes = Array(value.utf8)
            let at = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[at] = UInt8.random(in: 0x21...0x7E, using: &generator)
            head.headers[place].value = String(decoding: bytes, as: UTF8.self)
        case 1: head.headers[place].value += "\(Int.random(in: 0...9, using: &generator))"
        case 2: head.headers[place].value = ""
        case 3:
            let lowered = name.lowercased()
            head.headers[place].name = name == lowered ? name.uppercased() : lowered
        case 4: head.headers.append(head.headers.remove(at: place))
        case 5 where head.headers.count > 1: head.headers.remove(at: place)
        case 6: head.headers.insert(("X-\(place)", value), at: place)
        case 7:
            head.transport = [.plain, .proxied, .loopback].randomElement(using: &generator) ?? .tls
            head.traits = [.post]
        default: head.clientHello = HandshakeMark.of(Ruleset.shipped.handshakes[0].ja4)
        }
    }

    @Test("from the fourth time on a head is found, whatever its entry's own values are")
    func own() throws {
        var remembering = Remembering()
        let head = Head.chromium(150)
        for round in 1...40 {
            var entry = head
            entry["Content-Length"] = String(repeating: "7", count: round % 4 + 1)
            entry["Authorization"] = "Bearer " + String(repeating: "k", count: round)
            entry["Referer"] = round % 5 == 0 ? "" : "https://www.brand.example/\(round)"
            #expect(remembering.judge(entry) == Self.text(entry.judge()))
            // The first two times tell the layout, the next two the head.
            #expect(remembering.found == max(round - 4, 0))
        }
    }

    @Test("any byte that a rule may read, or the name of any field, makes another head")
    func bytes() throws {
        var remembering = Remembering()
        let head = Head.chromium(150)
        let own: Set<String> = ["Content-Length", "Authorization", "Content-Type", "Referer"]
        for _ in 0..<5 { _ = remembering.judge(head) }
        let known = remembering.found
        #expect(known == 1)
        for place in head.headers.indices {
            let (name, value) = head.headers[place]
            let texts = own.contains(name) || name == "Connection" ? [name] : [name, value]
            for (part, text) in texts.enumerated() {
                for index in text.utf8.indices {
                    var bytes = Array(text.utf8)
                    let at = text.utf8.distance(from: text.utf8.startIndex, to: index)
                    bytes[at] = bytes[at] == 0x39 ? 0x38 : 0x39
                    var changed = head
                    let new = String(decoding: bytes, as: UTF8.self)
                    if part == 0 { changed.headers[place].name = new }
                    if part == 1 { changed.headers[place].value = new }
                    let judged = remembering.judge(changed)
                    #expect(judged == Self.text(changed.judge()), "\(new)")
                }
            }
        }
        #expect(remembering.found == known)
    }

    @Test("names of the same lengths, one of whose values counts and the other's does not")
    func lengths() {
        var remembering = Remembering()
        for name in ["Origin", "Cookie", "Origin", "Cookie"] {
            for round in 0..<8 {
                var head = Head.chromium(150)
                head["Origin"] = nil
                head.headers.append((name, "https://\(round / 4).example"))
                #expect(remembering.judge(head) == Self.text(head.judge()))
            }
        }
    }

    @Test("a thousand heads that come once each displace none of those that come again")
    func flood() {
        var remembering = Remembering()
        let known = (0..<20).map { Head.chromium(120 + $0) }
        for _ in 0..<4 { for head in known { _ = remembering.judge(head) } }
        for number in 0..<1_000 {
            var head = Head.chromium(150)
            head["Accept-Language"] = "x-\(number)"
            _ = remembering.judge(head)
        }
        let before = remembering.found
        for head in known { _ = remembering.judge(head) }
        #expect(remembering.found == before + known.count)
    }

    @Test("a head with a thousand bytes and more, and one with 65 fields, are judged each time")
    func large() {
        var remembering = Remembering()
        var long = Head.chromium(150)
        long["Accept-Language"] = String(repeating: "fr,", count: 400)
        var many = Head.chromium(150)
        for number in 0..<48 { many.headers.append(("X-\(number)", "")) }
        for head in [long, many] {
            for _ in 0..<8 { #expect(remembering.judge(head) == Self.text(head.judge())) }
        }
        #expect(remembering.found == 0)
    }

    @Test("other rules forget all heads")
    func forget() {
        var remembering = Remembering()
        let head = Head.chromium(150)
        for _ in 0..<5 { _ = remembering.judge(head) }
        #expect(remembering.found == 1)
        remembering.memory.removeAll()
        for _ in 0..<4 { _ = remembering.judge(head) }
        #expect(remembering.found == 1)
    }

    @Test("what a rule finds something in is never remembered")
    func tools() throws {
        var remembering = Remembering()
        let tools = try BrowserListTests.lists(in: "tools.jsonl").map(\.head)
        for _ in 0..<5 { for tool in tools { _ = remembering.judge(tool) } }
        #expect(remembering.found == 0)
    }
}
