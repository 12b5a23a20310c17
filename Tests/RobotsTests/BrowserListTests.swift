import Foundation
import Testing
import Wire

@testable import Robots

@Suite("Real browsers' lists of headers are accepted; with one thing changed they are not")
struct BrowserListTests {
    /// The lists of a file beside the tests, each with its name.
    static func lists(
        in file: String = "browsers.jsonl"
    ) throws -> [(name: String, head: Head)] {
        try values(in: file).map { value in
            let headers = (value["headers"]?.elements ?? []).map { pair in
                (name: pair.elements[0].string ?? "", value: pair.elements[1].string ?? "")
            }
            let name = value["transport"]?.string
            let transport = RobotTransport.named.first { $0.name == name }?.transport
            var head = Head(headers, over: try #require(transport))
            head.traits = value["http"]?.string == "1.0" ? [.post, .http10] : [.post]
            if head["content-type"]?.hasPrefix("application/json") == true {
                head.traits.insert(.json)
            }
            return (value["name"]?.string ?? "", head)
        }
    }

    private static func values(in file: String) throws -> [JSONValue] {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/" + file)
        return try Data(contentsOf: path).split(separator: 0x0A).map { try JSONValue(Array($0)) }
    }

    @Test("tools as they come are stopped, and named where they name themselves")
    func tools() throws {
        let lists = try Self.lists(in: "tools.jsonl")
        #expect(lists.count >= 16)
        for ((name, head), value) in zip(lists, try Self.values(in: "tools.jsonl")) {
            #expect(head.judge().outcome != .accept, "\(name)")
            #expect(head.reasons.first?.tool == value["tool"]?.string, "\(name)")
        }
    }

    @Test("there are Chromium, Firefox and Safari, over TLS, plain and from this machine")
    func kinds() throws {
        let lists = try Self.lists()
        #expect(lists.count >= 40)
        for browser in ["Chromium", "Firefox", "Safari"] {
            #expect(lists.contains { $0.name.hasPrefix(browser) })
        }
        for transport in [RobotTransport.tls13, .plain, .loopback] {
            #expect(lists.contains { $0.head.transport == transport })
        }
    }

    @Test("none is challenged, and none has a sign against it")
    func accepted() throws {
        for (name, head) in try Self.lists() {
            let reasons = head.reasons
            #expect(reasons.isEmpty, "\(name): \(reasons.map(\.rule))")
        }
    }

    @Test("one thing changed in each: 95 % or more are stopped")
    func changed() throws {
        var stopped = 0
        var missed: [String] = []
        for (name, head) in try Self.lists() {
            for (what, change) in Self.changes(of: head) {
                if change.judge().outcome == .accept {
                    missed.append("\(name): \(what)")
                } else {
                    stopped += 1
                }
            }
        }
        let share = Double(stopped) / Double(stopped + missed.count)
        #expect(share >= 0.95, "\(share): \(missed)")
    }

    /// What somebody who builds such a request by hand gets wrong: a header forgotten, one of
    /// another browser, names in lower case, another order, a version or system that differs.
    private static func changes(of head: Head) -> [(String, Head)] {
        var changes: [(String, Head)] = []
        func add(_ what: String, _ change: (inout Head) -> Void) {
            var other = head
            change(&other)
            changes.append((what, other))
        }
        let sent = [
            "connection", "accept", "accept-encoding", "accept-language", "origin", "sec-ch-ua",
            "sec-ch-ua-mobile", "sec-ch-ua-platform", "sec-fetch-site", "sec-fetch-mode",
            "sec-fetch-dest",
        ]
        for name in sent where head[name] != nil { add("without \(name)") { $0[name] = nil } }
        add("lower case") { other in
            for index in other.headers.indices {
                other.headers[index].name = other.headers[index].name.lowercased()
            }
        }
        add("Host last") { $0.headers.append($0.headers.removeFirst()) }
        add("turned round") { $0.headers.reverse() }
        add("in the alphabet's order") { $0.headers.sort { $0.name < $1.name } }
        add("User-Agent last") { other in
            if let index = other.headers.firstIndex(where: { $0.name == "User-Agent" }) {
                other.headers.append(other.headers.remove(at: index))
            }
        }
        add("HTTP/1.0") { $0.traits.insert(.http10) }
        add("identity") { $0["accept-encoding"] = "identity" }
        if head["sec-fetch-mode"] != nil {
            add("navigate") { $0["sec-fetch-mode"] = "navigate" }
            add("document") { $0["sec-fetch-dest"] = "document" }
        }
        let agent = head["user-agent"] ?? ""
        if let match = agent.firstMatch(of: /(Chrome|Firefox)\/(\d+)/), let major = Int(match.2) {
            if head["sec-ch-ua"] != nil || match.1 == "Firefox" {
                add("another version") {
                    $0["user-agent"] = agent.replacing(
                        "\(match.1)/\(major)", with: "\(match.1)/\(major - 7)")
                }
            }
        }
        if let brands = head["sec-ch-ua"] {
            // Only weighed: it stops nobody by itself.
            add("another made-up brand") { $0["sec-ch-ua"] = brands.replacing("Not", with: "Nit") }
            add("brands of another version") { $0["sec-ch-ua"] = Head.chromeBrands(107) }
        }
        if head["sec-ch-ua-platform"] != nil {
            add("another system") { $0["sec-ch-ua-platform"] = "\"Plan 9\"" }
            add("a phone or not") {
                $0["sec-ch-ua-mobile"] = head["sec-ch-ua-mobile"] == "?1" ? "?0" : "?1"
            }
        }
        add("a tool's name") { $0["user-agent"] = "python-requests/2.31.0" }
        return changes
    }
}
