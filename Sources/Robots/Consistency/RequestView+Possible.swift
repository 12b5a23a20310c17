extension RequestView {
    /// The checks that could find something, by which headers are there and which browser is
    /// claimed: a superset, a bit for each, so that a browser's request pays for few of them.
    var possible: UInt32 {
        var checks: UInt32 = 0
        if claim.isBrowser {
            if !walk.has(all: usual) { checks |= Self.missing }
            if claim.isPlain {
                checks |= ConsistencyCheck.encodingsWeak.bit | ConsistencyCheck.order.bit
                if walk.misspelled < 255 { checks |= ConsistencyCheck.spelling.bit }
                if claim.engine == .firefox { checks |= ConsistencyCheck.revisionDiffers.bit }
                if isToolsHandshake { checks |= ConsistencyCheck.handshakeForeign.bit }
            }
            if walk.repeated != 0 { checks |= ConsistencyCheck.repeated.bit }
            if traits.contains(.http10) { checks |= ConsistencyCheck.oldVersion.bit }
        } else if claim.engine == .trident {
            checks |= ConsistencyCheck.oldEngine.bit
        }
        if walk.seen & Self.hints != 0 { checks |= Self.ofHints }
        if browser.hasKnownBrands { checks &= ~Self.ofBrands }
        if walk.seen & Self.fetch != 0 { checks |= Self.ofFetch }
        if walk.has(.upgradeInsecureRequests) { checks |= ConsistencyCheck.navigation.bit }
        return checks
    }

    /// What the claimed browser sends with every request of a script, at most.
    private var usual: UInt64 {
        let names =
            HeaderName.accept.bit | HeaderName.acceptLanguage.bit | HeaderName.origin.bit
            | HeaderName.connection.bit | HeaderName.fetchSite.bit | HeaderName.fetchMode.bit
            | HeaderName.fetchDest.bit
        return claim.engine == .chromium ? names | Self.hints : names
    }

    private static var hints: UInt64 {
        HeaderName.brands.bit | HeaderName.mobile.bit | HeaderName.platform.bit
    }

    private static var fetch: UInt64 {
        HeaderName.fetchSite.bit | HeaderName.fetchMode.bit | HeaderName.fetchDest.bit
            | HeaderName.fetchUser.bit
    }

    private static var missing: UInt32 {
        ConsistencyCheck.hintsMissing.bit | ConsistencyCheck.fetchMissing.bit
            | ConsistencyCheck.languageMissing.bit | ConsistencyCheck.acceptMissing.bit
            | ConsistencyCheck.originMissing.bit | ConsistencyCheck.connectionMissing.bit
    }

    private static var ofHints: UInt32 {
        ConsistencyCheck.hintsForeign.bit | ConsistencyCheck.versionDiffers.bit
            | ConsistencyCheck.platformDiffers.bit | ConsistencyCheck.mobileDiffers.bit
            | ConsistencyCheck.brandsDiffer.bit
    }

    private static var ofBrands: UInt32 {
        ConsistencyCheck.versionDiffers.bit | ConsistencyCheck.brandsDiffer.bit
    }

    private static var ofFetch: UInt32 {
        ConsistencyCheck.fetchMissing.bit | ConsistencyCheck.fetchImpossible.bit
            | ConsistencyCheck.siteDiffers.bit | ConsistencyCheck.navigation.bit
    }
}
