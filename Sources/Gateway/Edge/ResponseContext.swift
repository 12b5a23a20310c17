internal import Wire

/// What an answer needs to know of its request when it comes later, in four bytes: the request's
/// own bytes are gone by then.
struct ResponseContext: BitwiseCopyable, Equatable {
    private var bits: UInt32 = 0

    private static var headBit: UInt32 { 1 << 16 }
    private static var closeBit: UInt32 { 1 << 17 }
    private static var absentBit: UInt32 { 1 << 18 }
    private static var readBit: UInt32 { 1 << 19 }

    init() {}

    /// Of the request that a parser has read.
    init(_ head: borrowing RequestParser) {
        // A pattern, not `==`: another module's enumeration is compared by a call of its witness.
        switch head.method {
        case .head: bits |= Self.headBit | Self.readBit
        case .get: bits |= Self.readBit
        default: break
        }
        if head.minorVersion == 0 { bits |= Self.closeBit }
        // Of half a head nobody knows: the origin may be in what did not come.
        if head.isHeadComplete, head[.origin] == nil { bits |= Self.absentBit }
    }

    /// Which origin the answer to a browser names.
    var reader: BrowserReader {
        get {
            if bits & Self.absentBit != 0 { return .absent }
            let index = Int(bits & 0xFFFF)
            return index == 0 ? .any : .allowed(index - 1)
        }
        set {
            let reader: UInt32 =
                switch newValue {
                case .absent: Self.absentBit
                case .any: 0
                case .allowed(let index): UInt32(index + 1)
                }
            bits = bits & ~(Self.absentBit | 0xFFFF) | reader
        }
    }

    /// The method was HEAD: answer without a body.
    var isHead: Bool { bits & Self.headBit != 0 }

    /// The method was GET or HEAD: a cache may keep the answer.
    var isRead: Bool { bits & Self.readBit != 0 }
    /// The method was none that only reads: an entry, or a change by an operator.
    var isChange: Bool { !isRead }

    /// How the end of a streamed answer is told to this client.
    var framing: StreamFraming { bits & Self.closeBit != 0 ? .untilClose : .chunked }
}

/// Which origin an answer is opened to (the Fetch standard's CORS protocol). Every answer of the
/// public listener is open to every page, a refusal of its origin too: it depends on no cookie and
/// no address, and a page that cannot read why it was refused cannot tell the person.
enum BrowserReader: Equatable {
    /// The request names no origin: no page reads the answer.
    case absent
    case any
    /// The operation's allowed origin with this index.
    case allowed(Int)
}
