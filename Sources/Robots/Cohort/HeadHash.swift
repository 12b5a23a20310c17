internal import Bytes

/// The hash of a request's head for ``EntryTraits/head``: what all requests of one browser have in
/// common, and no two entries' own.
///
/// Of every header field in the order sent: the name as it was spelt, where the client's own bytes
/// came here, and the value of those that only a browser chooses. `Cookie`, `Authorization`,
/// `Referer`, `Idempotency-Key` and whatever else is the entry's or the page's counts by its name.
package struct HeadHash: BitwiseCopyable, Sendable {
    private var hash = ByteHash()
    private let isDirect: Bool

    /// - Parameter isDirect: nobody stands between: order and spelling of names are the client's.
    package init(isDirect: Bool) {
        self.isDirect = isDirect
    }

    package mutating func add(name: RawSpan, value: RawSpan) {
        if isDirect { hash.add(name) }
        if Self.isOfBrowser(name) { hash.add(value) }
    }

    /// - Precondition: the field lies within the head.
    package mutating func add(_ field: HeaderRange, of head: RawSpan) {
        add(
            name: head.extracting(field.name.range), value: head.extracting(field.value.range))
    }

    package var folded: UInt32 { hash.folded }

    /// By the length first, so that most names are compared with one or none.
    private static func isOfBrowser(_ name: RawSpan) -> Bool {
        switch name.byteCount {
        case 6: name.equals(ignoringCase: "accept")
        case 9: name.equals(ignoringCase: "sec-ch-ua")
        case 10: name.equals(ignoringCase: "user-agent")
        case 15:
            name.equals(ignoringCase: "accept-encoding")
                || name.equals(ignoringCase: "accept-language")
        case 16: name.equals(ignoringCase: "sec-ch-ua-mobile")
        case 18: name.equals(ignoringCase: "sec-ch-ua-platform")
        default: false
        }
    }
}
