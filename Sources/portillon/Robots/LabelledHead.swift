import Bytes
import Robots

/// A request's head that somebody knows the sender of.
struct LabelledHead {
    let isRobot: Bool
    /// What the file calls it; the browser, the tool.
    let name: String
    /// What a list of errors shows of it.
    let text: String
    let bytes: [UInt8]
    let fields: [HeaderRange]
    let traits: RequestTraits
    let transport: RobotTransport
    /// ``HandshakeMark`` of its connection; 0 where that is not known.
    let clientHello: UInt64
    let layers: RobotLayers

    /// A `User-Agent` alone: it can be asked for signatures, and for nothing else.
    init(userAgent: String, isRobot: Bool, name: String) {
        let head = HeadBytes([("User-Agent", userAgent)])
        self.isRobot = isRobot
        self.name = name
        text = userAgent
        bytes = head.bytes
        fields = head.fields
        traits = []
        transport = .proxied
        clientHello = 0
        layers = .signature
    }

    /// A whole list of headers, as they were sent.
    init(
        headers: [(name: String, value: String)], isRobot: Bool, name: String,
        method: String, isHTTP10: Bool, transport: RobotTransport, ja4: String?
    ) {
        let head = HeadBytes(headers)
        self.isRobot = isRobot
        self.name = name
        text = headers.first { $0.name.lowercased() == "user-agent" }?.value ?? "no User-Agent"
        bytes = head.bytes
        fields = head.fields
        let type = headers.first { $0.name.lowercased() == "content-type" }?.value ?? ""
        let media = type.prefix { $0 != ";" }.lowercased()
        traits = RequestTraits(
            isPost: method == "POST",
            isJSON: media.split(separator: " ").first == "application/json", isHTTP10: isHTTP10)
        self.transport = transport
        clientHello = ja4.map(HandshakeMark.of) ?? 0
        layers = .all
    }

    func judge(
        with detector: borrowing RobotDetector, _ layers: RobotLayers
    ) -> RobotVerdict {
        let asked = layers.intersection(self.layers)
        return unsafe detector.judge(
            bytes.span.bytes, fields.span, traits, over: transport, clientHello: clientHello,
            layers: asked)
    }
}

/// Header fields as lines, and where they lie in them.
private struct HeadBytes {
    private(set) var bytes: [UInt8] = []
    private(set) var fields: [HeaderRange] = []

    init(_ headers: [(name: String, value: String)]) {
        for (name, value) in headers {
            let name = append(name)
            bytes += ": ".utf8
            fields.append(HeaderRange(name: name, value: append(value)))
            bytes += "\r\n".utf8
        }
    }

    private mutating func append(_ text: String) -> ByteRange {
        let start = bytes.count
        bytes += text.utf8
        return ByteRange(start..<bytes.count)
    }
}
