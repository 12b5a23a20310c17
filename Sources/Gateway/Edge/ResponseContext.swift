internal import Wire

/// What an answer needs to know of its request when it comes later, in four bytes: the request's
/// own bytes are gone by then.
struct ResponseContext: BitwiseCopyable, Equatable {
    private var bits: UInt32 = 0

    private static var headBit: UInt32 { 1 << 16 }
    private static var closeBit: UInt32 { 1 << 17 }
    private static var changeBit: UInt32 { 1 << 18 }

    init() {}

    /// Of the request that a parser has read.
    init(_ head: borrowing RequestParser) {
        // A pattern, not `==`: another module's enumeration is compared by a call of its witness.
        if case .head = head.method { bits |= Self.headBit }
        if head.minorVersion == 0 { bits |= Self.closeBit }
        if head.method != .get && head.method != .head { bits |= Self.changeBit }
    }

    /// Which origin may read the answer in a browser.
    var reader: BrowserReader {
        get {
            let index = Int(bits & 0xFFFF)
            return switch index {
            case 0: .none
            case 1: .any
            default: .allowed(index - 2)
            }
        }
        set {
            let index: UInt32 =
                switch newValue {
                case .none: 0
                case .any: 1
                case .allowed(let index): UInt32(index + 2)
                }
            bits = bits & ~0xFFFF | index
        }
    }

    /// The method was HEAD: answer without a body.
    var isHead: Bool { bits & Self.headBit != 0 }

    /// The method was none that only reads: an entry, or a change by an operator.
    var isChange: Bool { bits & Self.changeBit != 0 }

    /// How the end of a streamed answer is told to this client.
    var framing: StreamFraming { bits & Self.closeBit != 0 ? .untilClose : .chunked }
}

/// Which origin an answer is opened to (the Fetch standard's CORS protocol).
enum BrowserReader: Equatable {
    /// No `Origin` was sent, or one that may not read the answer.
    case none
    /// Any origin: the answer depends on no cookie and no address.
    case any
    /// The operation's allowed origin with this index.
    case allowed(Int)
}
