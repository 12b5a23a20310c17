import Benchmark
import Robots

/// What a request's head says of who sent it, layers 1 and 2 together, as a worker asks it: the
/// fields are taken from the parser each time.
func robotRules() -> [String] {
    [
        measure("robots: a browser's entry, 17 fields", .kilo) {
            { try judge(chromium, outcome: .accept, $0) }
        },
        measure("robots: a browser's entry, the head of one person alone", .kilo) {
            { try judge(alone, outcome: .accept, isAlone: true, $0) }
        },
        measure("robots: a tool's entry, 7 fields", .kilo) {
            { try judge(tool, outcome: .refuse, $0) }
        },
        measure("robots: a long User-Agent with a crawler's name", .kilo) {
            { try judge(crawler, outcome: .refuse, $0) }
        },
    ]
}

private func judge(
    _ text: String, outcome: RobotVerdict.Outcome, isAlone: Bool = false,
    _ benchmark: Benchmark
) throws {
    let sent = try SentHead(text)
    let detector = RobotDetector(.shipped)
    var memory = HeadMemory()
    var agreed: UInt64 = 0
    benchmark.startMeasurement()
    for number in benchmark.scaledIterations {
        if isAlone { sent.becomeAnother(UInt64(number)) }
        let found: RobotVerdict.Outcome =
            switch sent.judge(by: detector, remembering: &memory) {
            case .nothing: .accept
            case .verdict(let verdict): verdict.outcome
            }
        if found == outcome { agreed += 1 }
    }
    benchmark.stopMeasurement()
    try Wrong.unless(agreed, is: 1_000, "verdicts that are right")
}

private func request(_ headers: String) -> String {
    "POST /v1/operations/ete-2026/entries HTTP/1.1\r\n"
        + headers.split(separator: "\n").joined(separator: "\r\n") + "\r\n\r\n{}"
}

private let chromium = browserRequest(language: "fr-FR")
private let alone = browserRequest(language: "fr-" + SentHead.zeros)

/// What Chromium sends with a `fetch()`, for people of one language.
func browserRequest(language: String) -> String {
    request(
        """
        Host: play.example
        Connection: keep-alive
        Content-Length: 2
        sec-ch-ua-platform: "Windows"
        Authorization: Bearer pk_3f2a9c41_0123456789abcdef0123456789abcdef
        User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
        (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36
        sec-ch-ua: "Not;A=Brand";v="8", "Chromium";v="150", "Google Chrome";v="150"
        Content-Type: application/json
        sec-ch-ua-mobile: ?0
        Accept: */*
        Origin: https://www.brand.example
        Sec-Fetch-Site: cross-site
        Sec-Fetch-Mode: cors
        Sec-Fetch-Dest: empty
        Referer: https://www.brand.example/
        Accept-Encoding: gzip, deflate, br, zstd
        Accept-Language: \(language),en-US;q=0.8,en;q=0.7
        """)
}

private let tool = request(
    """
    Host: play.example
    User-Agent: python-requests/2.31.0
    Accept-Encoding: gzip, deflate
    Accept: */*
    Connection: keep-alive
    Content-Length: 2
    Content-Type: application/json
    """)

private let crawler = request(
    """
    Host: play.example
    User-Agent: Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 \
    (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; \
    +http://www.google.com/bot.html)
    Accept: */*
    Connection: keep-alive
    Content-Length: 2
    Content-Type: application/json
    """)
