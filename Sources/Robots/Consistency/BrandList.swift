internal import Bytes

/// The value of `Sec-CH-UA` (W3C User-Agent Client Hints, 3.1): `"Chromium";v="150", …`.
///
/// One of the brands is a made-up one, so that nobody counts on the list's form (GREASE). From
/// version 107 on its name, its version and the list's order are functions of the major version:
/// `GetGreasedUserAgentBrandVersion` and `ShuffleBrandList` in Chromium's
/// `components/embedder_support/user_agent_utils.cc`.
struct BrandList: Sendable, BitwiseCopyable {
    /// More are not looked at; browsers send two to four.
    static var capacity: Int { 4 }

    /// The brands read.
    private(set) var count = 0
    /// The value has not the form that browsers give it.
    private(set) var isMalformed = false
    /// The place of `Chromium`, and its version; -1 and 0 where it is not there.
    private(set) var chromiumPlace = -1
    private(set) var chromiumMajor = 0
    private var names = InlineArray<4, ByteRange>(repeating: ByteRange())
    private var versions = InlineArray<4, ByteRange>(repeating: ByteRange())

    /// No list.
    init() {}

    /// - Precondition: the value lies within the head.
    init(_ head: RawSpan, _ value: ByteRange) {
        let end = value.range.upperBound
        var at = value.range.lowerBound
        while at < end {
            guard count < Self.capacity, let name = Self.quoted(head, from: at, to: end),
                head.begins(at: name.range.upperBound &+ 1, before: end, with: ";v="),
                let version = Self.quoted(head, from: name.range.upperBound &+ 4, to: end)
            else {
                isMalformed = true
                return
            }
            if head.holds("Chromium", in: name) {
                chromiumPlace = count
                chromiumMajor = Self.number(head, version)
            }
            names[count] = name
            versions[count] = version
            count += 1
            at = version.range.upperBound &+ 1
            if at == end { return }
            guard head.begins(at: at, before: end, with: ", ") else {
                isMalformed = true
                return
            }
            at &+= 2
        }
    }

    /// What stands between two quotes, the first of them at `start`.
    private static func quoted(_ head: RawSpan, from start: Int, to end: Int) -> ByteRange? {
        guard start < end, head.byte(at: start) == ASCII.quote else { return nil }
        let at = head.first(ASCII.quote, from: start &+ 1, to: end)
        guard at < end else { return nil }
        return ByteRange(
            start: UInt32(truncatingIfNeeded: start &+ 1),
            count: UInt32(truncatingIfNeeded: at &- start &- 1))
    }

    /// A whole number of at most four digits; 0 for anything else.
    private static func number(_ head: RawSpan, _ range: ByteRange) -> Int {
        guard (1...4).contains(range.count) else { return 0 }
        var number = 0
        for at in range.range {
            let digit = head.byte(at: at) &- ASCII.zero
            guard digit < 10 else { return 0 }
            number = number * 10 + Int(digit)
        }
        return number
    }

    // MARK: The made-up brand

    /// Whether the list is as Chromium of a major version makes it: the made-up brand, its version,
    /// and with two or three brands its place and Chromium's. True where that is not known: before
    /// version 107, and without `Chromium`.
    func hasExpectedForm(_ head: RawSpan, major: Int) -> Bool {
        guard major >= 107, chromiumPlace >= 0 else { return true }
        guard !isMalformed else { return false }
        var made = -1
        for index in 0..<count where Self.isMadeUp(head, names[index], major) {
            made = index
        }
        guard made >= 0, head.holds(Self.version(major), in: versions[made]) else { return false }
        switch count {
        case 2: return made == major % 2 && chromiumPlace == 1 - major % 2
        case 3:
            let (first, second) = Self.places(major)
            return made == first && chromiumPlace == second
        default: return true
        }
    }

    /// `Not`, a character, `A`, a character, `Brand`; both characters follow from the version.
    private static func isMadeUp(_ head: RawSpan, _ name: ByteRange, _ major: Int) -> Bool {
        let start = name.range.lowerBound
        let end = name.range.upperBound
        guard name.count == 11 else { return false }
        return head.begins(at: start, before: end, with: "not")
            && head.byte(at: start &+ 3) == character(major)
            && head.byte(at: start &+ 4) == UInt8(ascii: "A")
            && head.byte(at: start &+ 5) == character(major &+ 1)
            && head.begins(at: start &+ 6, before: end, with: "brand")
    }

    private static func character(_ seed: Int) -> UInt8 {
        switch seed % 11 {
        case 0: UInt8(ascii: " ")
        case 1: UInt8(ascii: "(")
        case 2: UInt8(ascii: ":")
        case 3: UInt8(ascii: "-")
        case 4: UInt8(ascii: ".")
        case 5: UInt8(ascii: "/")
        case 6: UInt8(ascii: ")")
        case 7: UInt8(ascii: ";")
        case 8: UInt8(ascii: "=")
        case 9: UInt8(ascii: "?")
        default: UInt8(ascii: "_")
        }
    }

    private static func version(_ major: Int) -> StaticString {
        switch major % 3 {
        case 0: "8"
        case 1: "99"
        default: "24"
        }
    }

    /// The places of the made-up brand and of `Chromium` among three.
    private static func places(_ major: Int) -> (Int, Int) {
        switch major % 6 {
        case 0: (0, 1)
        case 1: (0, 2)
        case 2: (1, 0)
        case 3: (1, 2)
        case 4: (2, 0)
        default: (2, 1)
        }
    }
}
