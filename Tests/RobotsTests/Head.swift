import Bytes
import Robots

/// The detector of the shipped rules, made once.
enum Shipped {
    static let detector = RobotDetector(.shipped)
}

/// A request's head for a test: header fields by name and value, which can be changed one by one.
struct Head {
    var headers: [(name: String, value: String)]
    var traits: RequestTraits = [.post, .json]
    var transport = RobotTransport.tls13
    /// ``HandshakeMark`` of its connection.
    var clientHello: UInt64 = 0

    init(_ headers: [(name: String, value: String)], over transport: RobotTransport = .tls13) {
        self.headers = headers
        self.transport = transport
    }

    /// A `User-Agent` alone.
    init(userAgent: String) {
        self.init([("User-Agent", userAgent)], over: .proxied)
    }

    subscript(name: String) -> String? {
        get { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
        set {
            let index = headers.firstIndex { $0.name.lowercased() == name.lowercased() }
            switch (index, newValue) {
            case (let index?, let value?): headers[index].value = value
            case (let index?, nil): headers.remove(at: index)
            case (nil, let value?): headers.append((name, value))
            case (nil, nil): break
            }
        }
    }

    /// The bytes, and where the fields lie in them.
    var written: (bytes: [UInt8], fields: [HeaderRange]) {
        var bytes = Array("POST /v1/operations/ete/entries HTTP/1.1\r\n".utf8)
        var fields: [HeaderRange] = []
        for (name, value) in headers {
            let start = bytes.count
            bytes += name.utf8
            let nameRange = ByteRange(start..<bytes.count)
            bytes += ": ".utf8
            let valueStart = bytes.count
            bytes += value.utf8
            fields.append(HeaderRange(name: nameRange, value: ByteRange(valueStart..<bytes.count)))
            bytes += "\r\n".utf8
        }
        return (bytes + Array("\r\n".utf8), fields)
    }

    /// What the shipped rules say.
    func judge(layers: RobotLayers = .all) -> RobotVerdict {
        let (bytes, fields) = written
        return unsafe Shipped.detector.judge(
            bytes.span.bytes, fields.span, traits, over: transport, clientHello: clientHello,
            layers: layers)
    }

    /// The rules that found something, with what they saw.
    var reasons: [RobotReason] {
        let (bytes, _) = written
        let verdict = judge()
        return (0..<verdict.evidence.count).map { index in
            let item = verdict.evidence[index]
            return bytes.withBytes { Ruleset.shipped.reason(item, in: $0) }
        }
    }
}

extension Head {
    /// What Chromium 156 sends for `fetch()` with a JSON body over TLS, from the list in the design
    /// of the robots' rules.
    static func chromium(
        _ major: Int = 150, brands: String? = nil, over transport: RobotTransport = .tls13
    ) -> Head {
        let agent =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Chrome/\(major).0.0.0 Safari/537.36"
        return Head(
            [
                ("Host", "play.example"), ("Connection", "keep-alive"), ("Content-Length", "62"),
                ("sec-ch-ua-platform", "\"Linux\""), ("Authorization", "Bearer pk_1_2"),
                ("User-Agent", agent), ("sec-ch-ua", brands ?? chromeBrands(major)),
                ("Content-Type", "application/json"), ("sec-ch-ua-mobile", "?0"),
                ("Accept", "*/*"), ("Origin", "https://www.brand.example"),
                ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "cors"),
                ("Sec-Fetch-Dest", "empty"), ("Referer", "https://www.brand.example/"),
                ("Accept-Encoding", "gzip, deflate, br, zstd"), ("Accept-Language", "fr,en;q=0.9"),
            ], over: transport)
    }

    /// The list that Chrome of a version sends, written out anew: the three brands, the made-up one
    /// by the version, in one of six orders.
    static func chromeBrands(_ major: Int) -> String {
        let characters = [" ", "(", ":", "-", ".", "/", ")", ";", "=", "?", "_"]
        let name =
            "Not" + characters[major % 11] + "A" + characters[(major + 1) % 11] + "Brand"
        let brands = [
            "\"\(name)\";v=\"\(["8", "99", "24"][major % 3])\"", "\"Chromium\";v=\"\(major)\"",
            "\"Google Chrome\";v=\"\(major)\"",
        ]
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        var list = ["", "", ""]
        for (brand, place) in zip(brands, orders[major % 6]) { list[place] = brand }
        return list.joined(separator: ", ")
    }
}
