import Bytes
import Cryptography
import Testing

@testable import Robots

@Suite("Who names itself is named")
struct SignatureTests {
    private let ruleset = Ruleset.shipped

    private static let chrome =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Chrome/150.0.0.0 Safari/537.36"

    /// From the tools' sources or captured requests.
    static let tools: [(agent: String, tool: String)] = [
        ("ApacheBench/2.3", "ApacheBench"), ("hey/0.0.1", "hey"), (chrome + " hey/0.0.1", "hey"),
        ("Apache-HttpClient/4.5.14 (Java/17.0.9)", "JMeter"),
        ("Grafana k6/0.50.0", "k6"), ("k6/0.49.0 (https://k6.io/)", "k6"),
        ("python/gevent-http-client-2.0.11", "Locust"),
        ("python-requests/2.31.0", "python-requests"),
        ("Mozilla/5.0 (pc-x86_64-linux-gnu) Siege/4.1.6", "siege"), ("httperf/0.9.1", "httperf"),
        ("Tsung", "Tsung"), ("h2load nghttp2/1.52.0", "h2load"),
        ("Artillery (https://artillery.io)", "Artillery"), ("oha/1.4.5", "oha"),
        ("fasthttp", "bombardier"), ("curl/8.5.0", "curl"), ("Wget/1.21.4", "Wget"),
        ("python-httpx/0.27.0", "httpx"), ("Python/3.11 aiohttp/3.9.5", "aiohttp"),
        ("okhttp/4.12.0", "okhttp"), ("axios/1.7.2", "axios"), ("node", "node"),
        ("node-fetch/1.0 (+https://github.com/bitinn/node-fetch)", "node-fetch"),
        ("undici", "undici"), ("Java-http-client/17.0.9", "Java-http-client"),
        ("Java/1.8.0_121", "Java"), ("Go-http-client/1.1", "Go-http-client"),
        ("Scrapy/2.11.2 (+https://scrapy.org)", "Scrapy"), ("PostmanRuntime/7.39.0", "Postman"),
        ("insomnia/9.3.2", "Insomnia"), ("Playwright/1.44.0 (x64; ubuntu 22.04)", "Playwright"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                + "HeadlessChrome/150.0.0.0 Safari/537.36", "HeadlessChrome"
        ),
        (
            "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) "
                + "PhantomJS/2.1.1 Safari/538.1", "PhantomJS"
        ),
        (chrome + "; compatible; ChatGPT-User/1.0; +https://openai.com/bot", "ChatGPT-User"),
        ("Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)", "GPTBot"),
        ("Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", "ClaudeBot"),
        ("Claude-User/1.0", "Claude-User"), ("PerplexityBot/1.0", "PerplexityBot"),
        ("Mozilla/5.0 (compatible; Google-Extended/1.0)", "Google-Extended"),
        ("Mozilla/5.0 (compatible; Bytespider; spider-feedback@bytedance.com)", "Bytespider"),
        ("AIWebIndex/1.0", "AIWebIndex"), ("Pingdom.com_bot_version_1.4_", "Pingdom"),
        ("Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "UptimeRobot"),
        (chrome + " DatadogSynthetics", "Datadog"), (chrome + " (StatusCake)", "StatusCake"),
        ("Site24x7", "Site24x7"), ("Mozilla/4.0 (compatible; Catchpoint)", "Catchpoint"),
        ("Better Uptime Bot Mozilla/5.0", "Better Stack"), (chrome + " Checkly/1.0", "Checkly"),
    ]

    @Test("a tool that names itself is refused, and named in the reason", arguments: tools)
    func named(_ agent: String, _ tool: String) throws {
        let head = Head(userAgent: agent)
        #expect(head.judge().outcome == .refuse)
        let reason = try #require(head.reasons.first)
        #expect(reason.tool == tool)
        #expect(reason.layer == .signature)
        #expect(agent.lowercased().contains(reason.observed.lowercased()))
    }

    @Test(
        "people are people: apps with a browser inside, Amazon's browser, a phone called Cubot",
        arguments: [
            "Mozilla/5.0 (Linux; Android 7.1.2; G011A Build/N2G48H; wv) AppleWebKit/537.36 (KHTML, "
                + "like Gecko) Version/4.0 Chrome/66.0.3359.158 Safari/537.36 Viber/11.9.5.8",
            "Viber/12.8.0.1 CFNetwork/1121.2.2 Darwin/19.3.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 10_3_3 like Mac OS X) AppleWebKit/603.3.8 (KHTML, "
                + "like Gecko) Mobile/14G60 wxwork/2.1.5 MicroMessenger/6.3.22",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 9_3_4 like Mac OS X) AppleWebKit/601.1.46 (KHTML, "
                + "like Gecko) Mobile/13G35 QQ/6.5.3.410 V1_IPH_SQ_6.5.3_1_APP_A Pixel/750",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
                + "like Gecko) Mobile/15E148 Instagram 123.1.0.26.115 (iPhone11,8; iOS 13_3)",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 11_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
                + "like Gecko) Mobile/15G77 [FBAN/FBIOS;FBAV/183.0.0.41.81;FBDV/iPhone6,2]",
            "Mozilla/5.0 (Linux; Android 5.1.1; KFSUWI) AppleWebKit/537.36 (KHTML, like Gecko) "
                + "Silk/80.5.3 like Chrome/80.0.3987.162 Safari/537.36",
            "Mozilla/5.0 (Linux; Android 6.0; CUBOT MAX) AppleWebKit/537.36 (KHTML, like Gecko) "
                + "Chrome/72.0.3626.121 Mobile Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
                + "like Gecko) Version/26.6 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0",
        ])
    func people(_ agent: String) {
        let verdict = Head(userAgent: agent).judge(layers: .signature)
        #expect(verdict.outcome == .accept)
        #expect(verdict.evidence.count == 0)
    }

    @Test(
        "words and forms that no browser writes are challenged, not refused",
        arguments: [
            ("Mozilla/5.0 (X11; SomeBot/1.0)", "robot-word"),
            ("Mozilla/5.0 (compatible; Some/1.0)", "compatible-robot"),
            ("unheardof/1.2.3", "odd-form"),
            ("Mozilla/5.0 (X11) http://about.example", "address"), ("123", "odd-form"),
            ("me@here.example", "odd-form"), (String(repeating: "QUJD", count: 13), "odd-form"),
        ])
    func generic(_ agent: String, _ rule: String) {
        let head = Head(userAgent: agent)
        #expect(head.judge().outcome == .challenge)
        #expect(head.reasons.map(\.rule) == [rule])
    }

    @Test(
        "the form of a tool's name alone: with a version of numbers, and nothing else",
        arguments: [
            ("a", true), ("a/1", true), ("a b/1.2.3", true), ("a_b-c.d/v2", true), ("a/1.", false),
            ("a/", false), ("/1", false), ("a/1b", false), ("a/12345678901", false),
            ("a/1 b/2", false), ("a (b)", false), ("", true),
        ])
    func bare(_ text: String, _ isBare: Bool) {
        let found = text.withBytes {
            ValueShape.bare.holds(for: ByteRange(0..<$0.byteCount), in: $0, firstAt: nil)
        }
        #expect(found == isBare)
    }

    @Test("no User-Agent at all, as wrk sends none")
    func missing() {
        let head = Head([("Host", "play.example"), ("Content-Length", "2")])
        #expect(head.judge().outcome == .challenge)
        #expect(head.reasons.map(\.rule) == ["no-user-agent"])
    }

    @Test(
        "headers that only robots have",
        arguments: [
            ("X-Vegeta-Seq", "7", "vegeta-header", "vegeta"),
            (
                "x-dynaTrace", "NA=entry;VU=12;SI=LoadRunner;", "dynatrace-virtual-user",
                "LoadRunner"
            ),
            (
                "x-dynatrace-test", "TSN=entry;VU=3", "dynatrace-virtual-user",
                "a load test under Dynatrace"
            ),
            ("Signature-Agent", "\"https://agent.example\"", "declared-robot", nil),
            (
                "Signature-Input",
                "sig=(\"@authority\");created=1;keyid=\"k\";tag=\"web-bot-auth\"",
                "signed-robot", nil
            ),
            ("Postman-Token", "1", "postman-header", "Postman"),
        ] as [(String, String, String, String?)])
    func headers(_ name: String, _ value: String, _ rule: String, _ tool: String?) {
        var head = Head.chromium()
        #expect(head.judge().outcome == .accept)
        head[name] = value
        #expect(head.judge().outcome == .refuse)
        let reason = head.reasons.first
        #expect(reason?.rule == rule)
        #expect(reason?.tool == tool)
    }

    @Test("a header in several lines is one list: no line hides another")
    func repeated() {
        var head = Head.chromium()
        head.headers.append(("Signature-Input", "sig1=(\"@authority\");created=1;tag=\"app\""))
        #expect(head.judge().outcome == .accept)
        head.headers.append(("signature-input", "sig2=();created=1;tag=\"web-bot-auth\""))
        #expect(head.judge().outcome == .refuse)
        #expect(head.reasons.first?.rule == "signed-robot")
        #expect(head.reasons.first?.observed == "web-bot-auth")
        var agents = Head(userAgent: "curl/8.0")
        agents.headers.insert(("User-Agent", "Mozilla/5.0 (Windows NT 10.0)"), at: 0)
        #expect(agents.reasons.first?.tool == "curl")
    }

    @Test("what excuses a rule counts in its own line alone")
    func excusedLines() throws {
        let rules = try Ruleset(
            Array(
                #"""
                {"format": 1, "version": 1,
                 "bounds": {"lower": 1, "upper": 3, "consistency": 2},
                 "signatures": [
                   {"rule": "a", "weight": 5, "says": "It has a tool.", "in": "x-tool",
                    "tells": "|tool|", "unless": "person"}],
                 "consistency": []}
                """#.utf8))
        let detector = RobotDetector(rules)
        func outcome(_ values: String...) -> RobotVerdict.Outcome {
            let (bytes, fields) = Head(values.map { (name: "X-Tool", value: $0) }).written
            return unsafe detector.judge(
                bytes.span.bytes, fields.span, [.post, .json], over: .tls13
            ).outcome
        }
        #expect(outcome("tool") == .refuse)
        #expect(outcome("tool person") == .accept)
        #expect(outcome("person", "tool") == .refuse)
        #expect(outcome("tool", "person") == .refuse)
        #expect(outcome("tool person", "tool person") == .accept)
        #expect(outcome("tool person", "tool") == .refuse)
    }

    @Test("a Dynatrace header of real users' monitoring, without a virtual user, is nothing")
    func realUsers() {
        var head = Head.chromium()
        head["x-dynatrace"] = "FW4;129;12;1;2;0;0;0;1"
        #expect(head.judge().outcome == .accept)
    }

    @Test("a name is found wherever it stands, in short texts and in long ones", arguments: 0..<24)
    func places(_ length: Int) {
        for before in 0...(length * 7) {
            let agent =
                String(repeating: "(", count: before) + "Claude-User"
                + String(repeating: "c", count: length * 7 - before) + "/1 chrome/150 x"
            let reasons = Head(userAgent: agent).reasons
            #expect(reasons.first?.tool == "Claude-User", "\(agent)")
            #expect(reasons.first?.observed == "Claude-User")
        }
    }

    @Test("the strongest rule counts alone, however many there are")
    func strongest() throws {
        let agent = "Mozilla/5.0 (compatible; Bot; crawler; spider; http://a.example) curl/8.0"
        let head = Head(userAgent: agent)
        let verdict = head.judge()
        #expect(verdict.evidence.count == 1)
        #expect(verdict.weight == verdict.evidence[0].weight)
        #expect(head.reasons.first?.tool == "curl")
    }

    @Test("a verdict names the ruleset that decided")
    func stamp() {
        let verdict = Head(userAgent: "curl/8.0").judge()
        #expect(verdict.rulesetVersion == ruleset.version)
        #expect(verdict.rulesetDigest == ruleset.digest.leadingWord)
    }
}
