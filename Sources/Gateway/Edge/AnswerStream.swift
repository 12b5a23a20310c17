/// The sending end of an answer whose body goes out piece by piece, as the connection's loop sees
/// it: the loop takes what waits when the kernel has taken everything before.
protocol AnswerStream: AnyObject, Sendable {
    /// Whether the body has an end of its own. Such a body is whole or the peer must see that it is
    /// not: neither silence nor a drain may end it as if nothing were missing.
    var isFinite: Bool { get }

    /// Hands what waits to `body`, oldest first.
    func drain(_ body: ([UInt8]) -> Void) -> StreamProgress

    /// The kernel has taken everything that was handed over: more may be made.
    func resume()

    /// Whether the reader has fallen behind by more than it may: it is cut.
    var isOverrun: Bool { get }

    /// The connection is gone, or its loop has ended the answer: what else comes goes nowhere.
    func close()
}

/// What a loop does after it has taken what waited.
enum StreamProgress {
    case goesOn
    /// The last piece has been taken.
    case ends
    /// The reader has fallen behind by more than it may: it is cut.
    case isOverrun
    /// The rest of the body cannot be made: the connection ends without its last chunk.
    case hasFailed
}
