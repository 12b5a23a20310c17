/// A text that gives a robot away where a header's value holds it.
struct Tell: Equatable, Sendable {
    /// Where in the value it must stand.
    struct Anchors: OptionSet, Sendable, BitwiseCopyable {
        let rawValue: UInt8

        /// At the value's first byte.
        static var start: Anchors { Anchors(rawValue: 1) }
        /// At the value's last byte.
        static var end: Anchors { Anchors(rawValue: 2) }
        /// With no letter before it.
        static var wordStart: Anchors { Anchors(rawValue: 4) }
        /// With no letter behind it.
        static var wordEnd: Anchors { Anchors(rawValue: 8) }
    }

    /// In lower case; both cases match.
    let text: [UInt8]
    let anchors: Anchors

    /// - Parameter written: the text; before it `^` for the value's start or `|` for a word's,
    ///   behind it `$` for the value's end or `|` for a word's.
    init(_ written: String) {
        var text = Array(written.utf8)
        var anchors: Anchors = []
        switch text.first {
        case UInt8(ascii: "^"): anchors.insert(.start)
        case UInt8(ascii: "|"): anchors.insert(.wordStart)
        default: break
        }
        if !anchors.isEmpty { text.removeFirst() }
        switch text.last {
        case UInt8(ascii: "$"): anchors.insert(.end)
        case UInt8(ascii: "|"): anchors.insert(.wordEnd)
        default: break
        }
        if anchors.contains(.end) || anchors.contains(.wordEnd) { text.removeLast() }
        self.text = text
        self.anchors = anchors
    }
}
