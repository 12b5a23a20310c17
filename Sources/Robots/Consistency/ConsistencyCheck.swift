/// What the consistency layer can ask of a request: each is a rule where a ruleset gives it a
/// weight. RULESET.md says what each looks at, and why a browser cannot do that.
enum ConsistencyCheck: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case hintsMissing, hintsForeign, versionDiffers, platformDiffers, mobileDiffers, brandsDiffer
    case fetchMissing, fetchImpossible, siteDiffers, navigation
    case languageMissing, encodingsWeak, acceptMissing, originMissing, connectionMissing
    case spelling, order, repeated, oldVersion, oldEngine, revisionDiffers
    case handshakeForeign

    /// As a ruleset names it.
    var name: String {
        switch self {
        case .hintsMissing: "hints-missing"
        case .hintsForeign: "hints-foreign"
        case .versionDiffers: "version-differs"
        case .platformDiffers: "platform-differs"
        case .mobileDiffers: "mobile-differs"
        case .brandsDiffer: "brands-differ"
        case .fetchMissing: "fetch-missing"
        case .fetchImpossible: "fetch-impossible"
        case .siteDiffers: "site-differs"
        case .navigation: "navigation"
        case .languageMissing: "language-missing"
        case .encodingsWeak: "encodings-weak"
        case .acceptMissing: "accept-missing"
        case .originMissing: "origin-missing"
        case .connectionMissing: "connection-missing"
        case .spelling: "spelling"
        case .order: "order"
        case .repeated: "repeated"
        case .oldVersion: "old-version"
        case .oldEngine: "old-engine"
        case .revisionDiffers: "revision-differs"
        case .handshakeForeign: "handshake-foreign"
        }
    }

    /// Its bit in a set of checks.
    @inline(__always)
    var bit: UInt32 { 1 &<< UInt32(rawValue) }

    static func named(_ name: String) -> ConsistencyCheck? {
        allCases.first { $0.name == name }
    }
}
