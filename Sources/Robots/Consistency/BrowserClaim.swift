internal import Bytes

/// Which browser a `User-Agent` claims to be: its engine, version and system.
struct BrowserClaim: Sendable, BitwiseCopyable {
    enum Engine: UInt8, CaseIterable, Sendable, BitwiseCopyable {
        case chromium, firefox, safari, trident, other

        /// As a ruleset's order of headers names it.
        var name: String {
            switch self {
            case .chromium: "chromium"
            case .firefox: "firefox"
            case .safari: "safari"
            case .trident: "trident"
            case .other: "other"
            }
        }
    }

    enum System: UInt8, Sendable, BitwiseCopyable {
        case windows, macOS, linux, android, chromeOS, iOS, other
    }

    private(set) var engine = Engine.other
    private(set) var system = System.other
    /// The engine's major version, of Safari the browser's; 0 where there is none.
    private(set) var major = 0
    /// Firefox's `rv:`; 0 where there is none.
    private(set) var revision = 0
    /// The text has the word `Mobile`.
    private(set) var isMobile = false
    /// The whole text is that of a browser itself (Chrome, Edge, Opera, Samsung Internet, Firefox,
    /// Safari), of no app with a web view and of no relative: so it sends what that browser sends.
    private(set) var isPlain = false

    init() {}

    /// - Parameter marks: of this value.
    init(_ marks: UserAgentMarks, _ head: RawSpan, _ value: ByteRange) {
        let end = value.range.upperBound
        isMobile = marks.has(.mobile)
        system = Self.system(marks)
        if marks.has(.trident) || marks.has(.explorer) {
            engine = .trident
        } else if marks.has(.edge) {
            engine = .other
        } else if let chrome = marks[.chrome] ?? marks[.chromium] {
            engine = .chromium
            major = Self.number(head, at: chrome, before: end)
            isPlain = !marks.has(.webView) && Self.isPlainChromium(marks, head, chrome, end)
        } else if let firefox = marks[.firefox], marks.has(.gecko) {
            engine = .firefox
            major = Self.number(head, at: firefox, before: end)
            if let at = marks[.revision] { revision = Self.number(head, at: at, before: end) }
            isPlain = revision > 0 && Self.skipVersion(head, from: firefox, to: end) == end
        } else if marks.has(.appleWebKit), system == .iOS || system == .macOS {
            engine = .safari
            let isOther =
                marks.has(.chromeOniOS) || marks.has(.firefoxOniOS) || marks.has(.googleOniOS)
                || marks.has(.edgeOniOS)
            if let version = marks[.version], let safari = marks[.safari], !isOther {
                major = Self.number(head, at: version, before: end)
                isPlain = Self.skipVersion(head, from: safari, to: end) == end
            }
        }
    }

    /// Whether it claims to be a browser that is still made.
    var isBrowser: Bool { engine.rawValue <= Engine.safari.rawValue }

    private static func system(_ marks: UserAgentMarks) -> System {
        if marks.has(.windows) { return .windows }
        if marks.has(.android) { return .android }
        if marks.has(.iPhone) || marks.has(.iPad) { return .iOS }
        if marks.has(.macintosh) { return .macOS }
        if marks.has(.chromeOS) { return .chromeOS }
        return marks.has(.x11) ? .linux : .other
    }

    /// `…Gecko) Chrome/150.0.0.0 Mobile Safari/537.36`, and behind it Edge or Opera at most.
    private static func isPlainChromium(
        _ marks: UserAgentMarks, _ head: RawSpan, _ version: Int, _ end: Int
    ) -> Bool {
        // `Chrome/` has seven bytes; before it stands the end of `(KHTML, like Gecko) `.
        let isFirst = head.begins(at: version &- 9, before: end, with: ") chrome/")
        guard isFirst || marks.has(.samsung) else { return false }
        var at = skipVersion(head, from: version, to: end)
        if head.begins(at: at, before: end, with: " mobile") { at &+= 7 }
        guard head.begins(at: at, before: end, with: " safari/537.36") else { return false }
        at &+= 14
        if at == end { return true }
        if head.begins(at: at, before: end, with: " edg/")
            || head.begins(at: at, before: end, with: " opr/")
        {
            return skipVersion(head, from: at &+ 5, to: end) == end
        }
        if head.begins(at: at, before: end, with: " edga/") {
            return skipVersion(head, from: at &+ 6, to: end) == end
        }
        return false
    }

    /// The first byte that is no digit and no full stop.
    private static func skipVersion(_ head: RawSpan, from start: Int, to end: Int) -> Int {
        var at = start
        while at < end {
            let byte = head.byte(at: at)
            guard byte &- ASCII.zero < 10 || byte == UInt8(ascii: ".") else { break }
            at &+= 1
        }
        return at
    }

    /// The number at a place, of at most four digits; 0 where there is none.
    private static func number(_ head: RawSpan, at start: Int, before end: Int) -> Int {
        var number = 0
        var at = start
        while at < end, at &- start < 4 {
            let digit = head.byte(at: at) &- ASCII.zero
            guard digit < 10 else { break }
            number = number * 10 + Int(digit)
            at &+= 1
        }
        return number
    }
}
