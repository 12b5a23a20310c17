internal import Bytes

/// The hash of a request's head for ``EntryTraits/head``: what all requests of one browser have in
/// common, and no two entries' own.
///
/// Of every header field in the order sent: the name as it was spelt, where the client's own bytes
/// came here, and the value of those that only a browser chooses. `Cookie`, `Authorization`,
/// `Referer`, `Idempotency-Key` and whatever else is the entry's or the page's counts by its name.
struct HeadHash: BitwiseCopyable, Sendable {
    private var hash = ByteHash()
    private let isDirect: Bool

    /// The fields whose values count.
    @inline(__always)
    static var ofBrowser: UInt64 {
        HeaderName.accept.bit | HeaderName.acceptEncoding.bit | HeaderName.acceptLanguage.bit
            | HeaderName.userAgent.bit | HeaderName.brands.bit | HeaderName.mobile.bit
            | HeaderName.platform.bit
    }

    /// - Parameter isDirect: nobody stands between: order and spelling of names are the client's.
    init(isDirect: Bool) {
        self.isDirect = isDirect
    }

    /// - Parameter name: what the field's name is.
    /// - Precondition: the field lies within the head.
    @inline(__always)
    mutating func add(
        _ field: HeaderRange, _ name: HeaderNameTable.Found, of head: RawSpan
    ) {
        if isDirect {
            // These are the same in every ruleset.
            if name.isExact, name.number <= HeaderName.upgradeInsecureRequests.rawValue {
                hash.add(wide: UInt64(name.number))
            } else {
                hash.add(head, from: Int(field.nameStart), count: Int(field.nameCount))
            }
        }
        if name.number < 64, Self.ofBrowser & (1 &<< UInt64(name.number)) != 0 {
            hash.add(head, from: Int(field.valueStart), count: Int(field.valueCount))
        }
    }

    var folded: UInt32 { hash.folded }
}
