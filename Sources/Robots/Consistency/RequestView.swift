internal import Bytes

/// A request's head as the checks look at it; lives as long as the bytes that it is of.
struct RequestView: ~Escapable {
    let head: RawSpan
    let fields: Span<HeaderRange>
    let walk: HeaderWalk
    let claim: BrowserClaim
    /// Of `Sec-CH-UA`; empty where no check asks for it.
    let brands: BrandList
    let traits: RequestTraits
    let transport: RobotTransport
    /// The connection's TLS handshake is one that a tool makes.
    let isToolsHandshake: Bool

    @_lifetime(copy head, copy fields)
    init(
        head: RawSpan, fields: Span<HeaderRange>, walk: HeaderWalk, claim: BrowserClaim,
        traits: RequestTraits, transport: RobotTransport, isToolsHandshake: Bool
    ) {
        self.head = head
        self.fields = fields
        self.walk = walk
        self.claim = claim
        self.traits = traits
        self.transport = transport
        self.isToolsHandshake = isToolsHandshake
        if claim.engine == .chromium, claim.isPlain, let place = walk.place(of: .brands) {
            brands = BrandList(head, fields[place].value)
        } else {
            brands = BrandList()
        }
    }

    /// The value of the first field so named.
    @inline(__always)
    func value(_ name: HeaderName) -> ByteRange? {
        guard let place = walk.place(of: name) else { return nil }
        return fields[place].value
    }

    /// Whether the first field so named has exactly this value.
    func has(_ name: HeaderName, _ text: StaticString) -> Bool {
        guard let value = value(name) else { return false }
        return head.holds(text, in: value)
    }

    /// Whether a list (RFC 9110, 5.6.1) names a token, whatever its parameters.
    /// - Parameter token: in lower case.
    func lists(_ token: StaticString, in value: ByteRange) -> Bool {
        let end = value.range.upperBound
        let count = token.utf8CodeUnitCount
        var at = value.range.lowerBound
        while at < end {
            while at < end, head.byte(at: at) == ASCII.space || head.byte(at: at) == ASCII.comma {
                at &+= 1
            }
            if head.begins(at: at, before: end, with: token) {
                let behind = at &+ count
                if behind == end || Self.endsToken(head.byte(at: behind)) { return true }
            }
            while at < end, head.byte(at: at) != ASCII.comma { at &+= 1 }
        }
        return false
    }

    private static func endsToken(_ byte: UInt8) -> Bool {
        byte == ASCII.comma || byte == ASCII.space || byte == UInt8(ascii: ";")
    }

    /// Whether `Origin` names the host that `Host` names; nil where one of them is missing.
    var originIsHost: Bool? {
        guard let origin = value(.origin), let host = value(.host) else { return nil }
        let start = origin.range.upperBound &- Int(host.count)
        guard start &- 3 >= origin.range.lowerBound else { return false }
        return head.begins(at: start &- 3, before: start, with: "://")
            && head.extracting(start..<origin.range.upperBound)
                .equals(head.extracting(host.range))
    }
}
