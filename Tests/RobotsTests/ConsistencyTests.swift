import Testing

@testable import Robots

@Suite("Headers fit the browser that they claim to be from, or they do not")
struct ConsistencyTests {
    private let ruleset = Ruleset.shipped

    private func rules(_ head: Head) -> [String] {
        head.reasons.map(\.rule)
    }

    /// Changes of one thing in Chromium's list, with the rule that sees it.
    static let changes: [(what: String, rule: String, change: @Sendable (inout Head) -> Void)] = [
        ("no Sec-CH-UA", "hints-missing", { $0["sec-ch-ua"] = nil }),
        ("no Sec-CH-UA-Mobile", "hints-missing", { $0["sec-ch-ua-mobile"] = nil }),
        ("no Sec-CH-UA-Platform", "hints-missing", { $0["sec-ch-ua-platform"] = nil }),
        (
            "a User-Agent of another version", "version-differs",
            { $0["user-agent"] = $0["user-agent"]?.replacing("150", with: "149") }
        ),
        (
            "brands of another version", "version-differs",
            { $0["sec-ch-ua"] = Head.chromeBrands(148) }
        ),
        ("another platform", "platform-differs", { $0["sec-ch-ua-platform"] = "\"Windows\"" }),
        (
            "a User-Agent of another system", "platform-differs",
            {
                $0["user-agent"] = $0["user-agent"]?.replacing(
                    "X11; Linux x86_64", with: "Windows NT 10.0; Win64; x64")
            }
        ),
        ("a phone", "mobile-differs", { $0["sec-ch-ua-mobile"] = "?1" }),
        ("no Sec-Fetch-Site", "fetch-missing", { $0["sec-fetch-site"] = nil }),
        ("no Sec-Fetch-Mode", "fetch-missing", { $0["sec-fetch-mode"] = nil }),
        ("no Sec-Fetch-Dest", "fetch-missing", { $0["sec-fetch-dest"] = nil }),
        ("an impossible mode", "fetch-impossible", { $0["sec-fetch-mode"] = "no-cors" }),
        ("an impossible destination", "fetch-impossible", { $0["sec-fetch-dest"] = "document" }),
        ("a site that is none", "fetch-impossible", { $0["sec-fetch-site"] = "none" }),
        ("a site that the origin is not", "site-differs", { $0["sec-fetch-site"] = "same-origin" }),
        ("a click", "navigation", { $0["sec-fetch-mode"] = "navigate" }),
        ("Upgrade-Insecure-Requests", "navigation", { $0["Upgrade-Insecure-Requests"] = "1" }),
        ("Sec-Fetch-User", "navigation", { $0["Sec-Fetch-User"] = "?1" }),
        ("no Accept-Language", "language-missing", { $0["accept-language"] = nil }),
        ("no br and no zstd", "encodings-weak", { $0["accept-encoding"] = "gzip, deflate" }),
        ("no Accept-Encoding", "encodings-weak", { $0["accept-encoding"] = nil }),
        ("no Accept", "accept-missing", { $0["accept"] = nil }),
        ("no Origin", "origin-missing", { $0["origin"] = nil }),
        ("no Connection", "connection-missing", { $0["connection"] = nil }),
        (
            "names in lower case", "spelling",
            { head in
                for index in head.headers.indices {
                    head.headers[index].name = head.headers[index].name.lowercased()
                }
            }
        ),
        ("one name in lower case", "spelling", { $0.headers[0].name = "host" }),
        ("the order of the alphabet", "order", { $0.headers.sort { $0.name < $1.name } }),
        ("Host behind Connection", "order", { $0.headers.swapAt(0, 1) }),
        ("a header twice", "repeated", { $0.headers.append(("Accept", "*/*")) }),
        ("HTTP/1.0", "old-version", { $0.traits.insert(.http10) }),
    ]

    @Test("Chromium's own list is accepted, of every version", arguments: 107..<173)
    func chromium(_ major: Int) {
        #expect(rules(Head.chromium(major)) == [])
    }

    @Test("one thing changed: stopped, by the rule that is for it")
    func changed() {
        for (what, rule, change) in Self.changes {
            var head = Head.chromium()
            change(&head)
            let found = rules(head)
            #expect(found.contains(rule), "\(what): \(found)")
            #expect(head.judge().outcome == .challenge, "\(what)")
        }
    }

    @Test("behind a trusted proxy, order, case and Sec- headers say nothing")
    func proxied() {
        for (what, rule, change) in Self.changes {
            var head = Head.chromium(over: .proxied)
            change(&head)
            let needsNothing = [
                "navigation", "language-missing", "accept-missing", "origin-missing",
            ]
            let expected: RobotVerdict.Outcome =
                needsNothing.contains(rule) ? .challenge : .accept
            #expect(head.judge().outcome == expected, "\(what): \(rules(head))")
        }
    }

    @Test("without TLS a browser sends no Sec- headers, and less encodings: that is no sign")
    func plain() {
        var head = Head.chromium(over: .plain)
        head.headers.removeAll { $0.name.lowercased().hasPrefix("sec-") }
        head["accept-encoding"] = "gzip, deflate"
        #expect(rules(head) == [])
        head["accept-encoding"] = "identity"
        #expect(rules(head) == ["encodings-weak"])
    }

    @Test("a list of brands that is not its version's weighs, and stops nobody")
    func brands() {
        let head = Head.chromium(brands: Head.chromeBrands(150).replacing("Not", with: "Nit"))
        #expect(rules(head) == ["brands-differ"])
        #expect(head.judge().outcome == .accept)
    }

    @Test("Internet Explorer speaks no TLS 1.3")
    func explorer() {
        let agent = "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko"
        let headers = [("Host", "play.example"), ("User-Agent", agent), ("Accept", "*/*")]
        #expect(rules(Head(headers, over: .tls13)) == ["old-engine"])
        #expect(rules(Head(headers, over: .tls)) == [])
    }

    @Test("Firefox writes its version twice")
    func firefox() {
        func head(_ revision: Int, _ version: Int) -> Head {
            let agent =
                "Mozilla/5.0 (X11; Linux x86_64; rv:\(revision).0) Gecko/20100101 "
                + "Firefox/\(version).0"
            var head = Head.chromium()
            head["user-agent"] = agent
            return head
        }
        #expect(!rules(head(150, 150)).contains("revision-differs"))
        #expect(!rules(head(109, 115)).contains("revision-differs"))
        #expect(rules(head(109, 120)).contains("revision-differs"))
        #expect(rules(head(150, 151)).contains("revision-differs"))
        #expect(rules(head(150, 150)).contains("hints-foreign"))
    }

    @Test("all checks together weigh less than a refusal")
    func limit() {
        var head = Head.chromium()
        head["sec-ch-ua"] = nil
        head["accept-language"] = nil
        head["origin"] = nil
        head["connection"] = nil
        head["accept"] = nil
        head["sec-fetch-site"] = nil
        head["accept-encoding"] = nil
        head["sec-ch-ua-platform"] = "\"Windows\""
        head.headers.sort { $0.name < $1.name }
        let verdict = head.judge()
        #expect(verdict.outcome == .challenge)
        #expect(verdict.weight == ruleset.consistencyLimit)
        #expect(verdict.evidence.count == RobotEvidence.capacity)
        #expect(verdict.evidence.omitted >= 1)
        head["user-agent"] = "curl/8.5.0"
        #expect(head.judge().outcome == .refuse)
    }

    @Test("who claims to be no browser is held to none")
    func noBrowser() {
        let head = Head([("host", "play.example"), ("user-agent", "Mozilla/5.0 (Nintendo 3DS; U)")])
        #expect(rules(head) == [])
    }

    @Test("an app with a web view is held to little: it has headers and hints of its own")
    func webView() {
        var head = Head.chromium()
        head["user-agent"] =
            "Mozilla/5.0 (Linux; Android 14; SM-S911B; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Version/4.0 Chrome/150.0.0.0 Mobile Safari/537.36 Instagram 333.0.0.42.91"
        head["sec-ch-ua"] = nil
        head["sec-ch-ua-platform"] = nil
        head["X-Requested-With"] = "com.instagram.android"
        #expect(rules(head) == [])
    }

    @Test("the same origin, by name and port; from http to https is another one")
    func origins() {
        for (site, origin, host, isFound) in [
            ("same-origin", "https://play.example", "play.example", false),
            ("same-origin", "https://play.example:8443", "play.example:8443", false),
            ("same-origin", "https://evil-play.example", "play.example", true),
            ("same-origin", "https://xplay.example", "play.example", true),
            ("same-site", "https://play.example", "play.example", true),
            ("cross-site", "http://play.example", "play.example", false),
            ("cross-site", "http://play.example:81", "play.example:81", true),
            ("cross-site", "null", "play.example", false),
        ] {
            var head = Head.chromium()
            head["sec-fetch-site"] = site
            head["origin"] = origin
            head["host"] = host
            #expect(rules(head).contains("site-differs") == isFound, "\(site) \(origin) \(host)")
        }
    }
}
