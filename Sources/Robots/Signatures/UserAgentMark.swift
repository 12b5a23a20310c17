/// Words of a `User-Agent` that say which browser it claims to be: found in the same pass as the
/// tells, where the first of each begins and ends.
enum UserAgentMark: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case chrome, chromium, firefox, safari, version, appleWebKit, edge
    case chromeOniOS, firefoxOniOS, googleOniOS, edgeOniOS
    case samsung, webView, mobile, gecko
    case windows, macintosh, android, chromeOS, x11, iPhone, iPad
    case trident, explorer, revision, at

    /// In lower case.
    var text: String {
        switch self {
        case .chrome: "chrome/"
        case .chromium: "chromium/"
        case .firefox: "firefox/"
        case .safari: "safari/"
        case .version: "version/"
        case .appleWebKit: "applewebkit/"
        case .edge: "edge/"
        case .chromeOniOS: "crios/"
        case .firefoxOniOS: "fxios/"
        case .googleOniOS: "gsa/"
        case .edgeOniOS: "edgios/"
        case .samsung: "samsungbrowser/"
        case .webView: "; wv)"
        case .mobile: "mobile"
        case .gecko: "gecko/"
        case .windows: "windows nt"
        case .macintosh: "macintosh"
        case .android: "android"
        case .chromeOS: "x11; cros"
        case .x11: "x11;"
        case .iPhone: "iphone"
        case .iPad: "ipad"
        case .trident: "trident/"
        case .explorer: "msie "
        case .revision: "rv:"
        case .at: "@"
        }
    }
}

/// Where the marks of one `User-Agent` are.
struct UserAgentMarks: Sendable, BitwiseCopyable {
    /// The offset behind each; 0 where it is not there, as no value ends at a head's beginning.
    private var ends = InlineArray<32, UInt16>(repeating: 0)

    /// The offset behind the first of these.
    @inline(__always)
    subscript(_ mark: UserAgentMark) -> Int? {
        let end = ends[Int(mark.rawValue)]
        return end == 0 ? nil : Int(end)
    }

    @inline(__always)
    func has(_ mark: UserAgentMark) -> Bool { ends[Int(mark.rawValue)] != 0 }

    /// Keeps the first in the value, in whichever order they are found.
    mutating func record(_ mark: UInt8, endingAt end: Int) {
        let known = ends[Int(mark)]
        if known == 0 || Int(known) > end { ends[Int(mark)] = UInt16(truncatingIfNeeded: end) }
    }
}
