internal import Sockets

/// What an answer needs to know of its request when it comes later: four bytes kept with the
/// connection, because the request's own bytes are gone by then.
struct ResponseContext {
    /// Who may read the answer in a browser.
    var reader = BrowserReader.none
    /// The method was HEAD: answer without a body.
    var isHead = false
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

extension Connection {
    /// The note, packed into the connection's four bytes.
    var responseContext: ResponseContext {
        get {
            let index = Int(responseContextBits & 0xFFFF)
            let reader: BrowserReader =
                switch index {
                case 0: .none
                case 1: .any
                default: .allowed(index - 2)
                }
            return ResponseContext(reader: reader, isHead: responseContextBits & 0x1_0000 != 0)
        }
        set {
            let index: UInt32 =
                switch newValue.reader {
                case .none: 0
                case .any: 1
                case .allowed(let index): UInt32(index + 2)
                }
            responseContextBits = index | (newValue.isHead ? 0x1_0000 : 0)
        }
    }
}
