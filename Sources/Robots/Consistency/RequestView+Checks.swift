internal import Bytes

extension RequestView {
    /// What a check found: where the head shows it, an empty range where something is missing; nil
    /// where the request is as the browser's would be.
    func observe(_ check: ConsistencyCheck) -> ByteRange? {
        switch check {
        case .hintsMissing: hintsMissing
        case .hintsForeign: claim.engine == .chromium ? nil : value(.brands)
        case .versionDiffers: versionDiffers
        case .platformDiffers: platformDiffers
        case .mobileDiffers: mobileDiffers
        case .brandsDiffer: brandsDiffer
        case .fetchMissing: fetchMissing
        case .fetchImpossible: fetchImpossible
        case .siteDiffers: siteDiffers
        case .navigation: navigation
        case .languageMissing: missing(.acceptLanguage, if: claim.isBrowser)
        case .encodingsWeak: encodingsWeak
        case .acceptMissing: missing(.accept, if: claim.isBrowser)
        case .originMissing:
            missing(.origin, if: sendsFetchMetadata && traits.contains(.post))
        case .connectionMissing: missing(.connection, if: claim.isPlain)
        case .spelling: spelling
        case .order: nil
        case .repeated: repeated
        case .oldVersion:
            claim.isBrowser && traits.contains(.http10) ? value(.userAgent) : nil
        case .oldEngine: claim.engine == .trident ? value(.userAgent) : nil
        case .revisionDiffers: revisionDiffers
        case .handshakeForeign: claim.isPlain && isToolsHandshake ? value(.userAgent) : nil
        }
    }

    private func missing(_ name: HeaderName, if isDue: Bool) -> ByteRange? {
        isDue && !walk.has(name) ? ByteRange() : nil
    }

    // MARK: Client hints (Chromium 89 and later)

    private var isChromium: Bool { claim.engine == .chromium && claim.isPlain }

    private var hintsMissing: ByteRange? {
        guard isChromium, claim.major >= 90 else { return nil }
        var names = HeaderName.brands.bit | HeaderName.mobile.bit
        if claim.major >= 95 { names |= HeaderName.platform.bit }
        return walk.has(all: names) ? nil : value(.userAgent)
    }

    private var versionDiffers: ByteRange? {
        guard isChromium, let value = value(.brands) else { return nil }
        return brands.chromiumMajor == claim.major ? nil : value
    }

    private var platformDiffers: ByteRange? {
        guard isChromium, let value = value(.platform) else { return nil }
        let agrees =
            switch claim.system {
            case .windows: head.holds("\"Windows\"", in: value)
            case .macOS: head.holds("\"macOS\"", in: value)
            case .linux: head.holds("\"Linux\"", in: value)
            case .android: head.holds("\"Android\"", in: value)
            case .chromeOS:
                head.holds("\"Chrome OS\"", in: value) || head.holds("\"Chromium OS\"", in: value)
            case .iOS, .other: true
            }
        return agrees ? nil : value
    }

    private var mobileDiffers: ByteRange? {
        guard isChromium, let value = value(.mobile) else { return nil }
        return head.holds(claim.isMobile ? "?1" : "?0", in: value) ? nil : value
    }

    private var brandsDiffer: ByteRange? {
        guard isChromium, let value = value(.brands), brands.chromiumMajor == claim.major else {
            return nil
        }
        return brands.hasExpectedForm(head, major: claim.major) ? nil : value
    }

    // MARK: Fetch metadata (W3C; Chromium 80, Firefox 90, Safari 16.4)

    private var sendsFetchMetadata: Bool {
        guard claim.isPlain else { return false }
        return switch claim.engine {
        case .chromium: claim.major >= 80
        case .firefox: claim.major >= 90
        case .safari: claim.major >= 17
        case .trident, .other: false
        }
    }

    private var fetchMissing: ByteRange? {
        let names = HeaderName.fetchSite.bit | HeaderName.fetchMode.bit | HeaderName.fetchDest.bit
        if walk.has(all: names) { return nil }
        if sendsFetchMetadata { return value(.userAgent) }
        return walk.has(.fetchSite) ? nil : value(.fetchMode)
    }

    /// A page's script can send JSON only by `fetch` or `XMLHttpRequest`.
    private var isScripted: Bool { traits.contains(.post) && traits.contains(.json) }

    private var fetchImpossible: ByteRange? {
        guard isScripted else { return nil }
        if let mode = value(.fetchMode) {
            let isPossible =
                head.holds("cors", in: mode) || head.holds("same-origin", in: mode)
                || head.holds("navigate", in: mode)
            if !isPossible { return mode }
        }
        if let target = value(.fetchDest), !head.holds("empty", in: target) { return target }
        if let site = value(.fetchSite) {
            let isPossible =
                head.holds("cross-site", in: site) || head.holds("same-site", in: site)
                || head.holds("same-origin", in: site)
            if !isPossible { return site }
        }
        return nil
    }

    private var siteDiffers: ByteRange? {
        guard let site = value(.fetchSite), let origin = value(.origin), let isHost = originIsHost
        else { return nil }
        if head.holds("same-origin", in: site) { return isHost ? nil : origin }
        guard isHost, let host = value(.host) else { return nil }
        // From http://name to https://name is another origin, and has the same name twice.
        let isUpgrade =
            head.begins(at: origin.range.lowerBound, before: origin.range.upperBound, with: "http:")
            && !hasPort(host)
        return isUpgrade ? nil : site
    }

    private func hasPort(_ host: ByteRange) -> Bool {
        var at = host.range.lowerBound
        while at < host.range.upperBound, head.byte(at: at) != ASCII.colon { at &+= 1 }
        return at < host.range.upperBound
    }

    private var navigation: ByteRange? {
        guard isScripted else { return nil }
        if let mode = value(.fetchMode), head.holds("navigate", in: mode) { return mode }
        return value(.upgradeInsecureRequests) ?? value(.fetchUser)
    }

    // MARK: The rest

    private var encodingsWeak: ByteRange? {
        guard claim.isPlain else { return nil }
        guard let value = value(.acceptEncoding) else { return ByteRange() }
        // Without TLS browsers offer only what old proxies understand; Safari even on localhost.
        let isOffered =
            transport.contains(.encrypted)
            ? lists("br", in: value) || lists("zstd", in: value) : lists("gzip", in: value)
        return isOffered ? nil : value
    }

    private var spelling: ByteRange? {
        guard claim.isPlain, walk.misspelled < 255 else { return nil }
        return fields[Int(walk.misspelled)].name
    }

    private var repeated: ByteRange? {
        let own: UInt64 = (1 << UInt64(HeaderName.allCases.count)) - 1
        return claim.isBrowser && walk.repeated & own != 0 ? value(.userAgent) : nil
    }

    /// Firefox writes its version twice; from 110 to 119 the first was held at 109.
    private var revisionDiffers: ByteRange? {
        guard claim.engine == .firefox, claim.isPlain, claim.major >= 10 else { return nil }
        let isHeld = claim.revision == 109 && (110...119).contains(claim.major)
        return claim.revision == claim.major || isHeld ? nil : value(.userAgent)
    }

    /// The first field that does not follow those it follows in the claimed browser's requests.
    /// - Parameter order: of that browser.
    func misplaced(_ order: Span<HeaderRank>) -> ByteRange? {
        guard claim.isPlain, let place = walk.firstOutOfOrder(order) else { return nil }
        return fields[place].name
    }
}
