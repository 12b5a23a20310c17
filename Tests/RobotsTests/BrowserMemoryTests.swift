import Bytes
import Testing

@testable import Robots

@Suite("A browser that was seen is not looked through again, and judged as before")
struct BrowserMemoryTests {
    private func judge(_ head: Head, _ memory: inout HeadMemory) -> RobotVerdict {
        let (bytes, fields) = head.written
        return unsafe Shipped.detector.judge(
            bytes.span.bytes, fields.span, head.traits, over: head.transport,
            remembering: &memory
        ).verdict(of: .shipped)
    }

    /// What a verdict says, its places in the head included.
    private func text(_ verdict: RobotVerdict) -> String {
        let items = (0..<verdict.evidence.count).map { verdict.evidence[$0] }
        return "\(verdict.outcome) \(verdict.weight) \(verdict.signatureWeight) \(items)"
            + " \(verdict.headHash)"
    }

    private static let agents: [String] = [
        "curl/8.5.0", "python-requests/2.31.0", "", "Mozilla", "undici",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "HeadlessChrome/150.0.0.0 Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/140.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
            + "like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        String(repeating: "a browser with a long name ", count: 12),
    ]

    @Test("every head gets the verdict that it gets without, the first time and the tenth")
    func same() {
        var memory = HeadMemory()
        var heads: [Head] = [107, 120, 149, 150].map { Head.chromium($0) }
        heads += [Head.chromium(150, over: .plain), Head.chromium(150, over: .proxied)]
        // The brands of another version, none, empty ones.
        heads.append(Head.chromium(150, brands: Head.chromeBrands(149)))
        for brands in [nil, ""] as [String?] {
            var head = Head.chromium(150)
            head["sec-ch-ua"] = brands
            heads.append(head)
        }
        for agent in Self.agents {
            var head = Head.chromium(150)
            head["User-Agent"] = agent
            heads.append(head)
            heads.append(Head(userAgent: agent))
        }
        for round in 0..<10 {
            for head in heads {
                // What stands before them moves both values.
                var moved = head
                moved.headers.insert(("X-Round", String(repeating: "r", count: round)), at: 0)
                #expect(text(judge(moved, &memory)) == text(moved.judge()))
            }
        }
    }

    @Test("one byte of either value makes another browser")
    func bytes() {
        var memory = HeadMemory()
        let known = Head.chromium(150)
        let accepted = judge(known, &memory)
        #expect(accepted.outcome == .accept && accepted.evidence.count == 0)
        for name in ["User-Agent", "sec-ch-ua"] {
            let value = Array((known[name] ?? "").utf8)
            for index in value.indices {
                var changed = value
                changed[index] = changed[index] == UInt8(ascii: "9") ? UInt8(ascii: "8") : 0x39
                var head = known
                head[name] = String(decoding: changed, as: UTF8.self)
                #expect(text(judge(head, &memory)) == text(head.judge()), "\(index)")
                #expect(text(judge(known, &memory)) == text(accepted))
            }
        }
    }

    @Test("what a tool says is never remembered as a browser's")
    func tools() {
        var memory = HeadMemory()
        for _ in 0..<3 {
            var head = Head.chromium(150)
            head["User-Agent"] = "curl/8.5.0"
            #expect(judge(head, &memory).outcome == .refuse)
        }
    }
}
