internal import Bytes

/// A request's head as the checks look at it; lives as long as the bytes that it is of.
struct RequestView: ~Escapable {
    /// Which browser it claims to be from.
    struct Browser: Sendable, BitwiseCopyable {
        let claim: BrowserClaim
        /// Of `Sec-CH-UA`; empty where no check asks for it.
        let brands: BrandList
        /// The brands are known to fit the claim: they need not be looked at.
        let hasKnownBrands: Bool

        init(claim: BrowserClaim = BrowserClaim(), hasKnownBrands: Bool = false) {
            self.claim = claim
            brands = BrandList()
            self.hasKnownBrands = hasKnownBrands
        }

        /// - Parameter brands: the value of `Sec-CH-UA`; empty without one.
        init(claim: BrowserClaim, _ head: RawSpan, _ brands: ByteRange) {
            self.claim = claim
            let isRead = claim.engine == .chromium && claim.isPlain && brands.count > 0
            self.brands = isRead ? BrandList(head, brands) : BrandList()
            hasKnownBrands = false
        }

        /// The brands that were sent fit the claim, or nothing is asked of them.
        func isConsistent(_ head: RawSpan) -> Bool {
            guard claim.engine == .chromium, claim.isPlain else { return true }
            return brands.chromiumMajor == claim.major
                && brands.hasExpectedForm(head, major: claim.major)
        }
    }

    let head: RawSpan
    let fields: Span<HeaderRange>
    let walk: HeaderWalk
    let browser: Browser
    let traits: RequestTraits
    let transport: RobotTransport
    /// The connection's TLS handshake is one that a tool makes.
    let isToolsHandshake: Bool

    /// Headers whose values the checks read, and not only whether they are there: a bit for each.
    static var read: UInt64 {
        HeaderName.host.bit | HeaderName.origin.bit | HeaderName.userAgent.bit
            | HeaderName.acceptEncoding.bit | HeaderName.brands.bit | HeaderName.mobile.bit
            | HeaderName.platform.bit | HeaderName.fetchSite.bit | HeaderName.fetchMode.bit
            | HeaderName.fetchDest.bit
    }

    var claim: BrowserClaim { browser.claim }
    var brands: BrandList { browser.brands }

    @inline(__always)
    @_lifetime(copy head, copy fields)
    init(
        head: RawSpan, fields: Span<HeaderRange>, walk: HeaderWalk, browser: Browser,
        traits: RequestTraits, transport: RobotTransport, isToolsHandshake: Bool
    ) {
        self.head = head
        self.fields = fields
        self.walk = walk
        self.browser = browser
        self.traits = traits
        self.transport = transport
        self.isToolsHandshake = isToolsHandshake
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
