internal import Bytes

/// A challenge as a client sent it back, read strictly: `{"challenge": {"parameters": {…},
/// "signature": …}, "solution": {"counter": …, "derivedKey": …, "time"?: …}}`; without `solution`
/// from a client that cannot solve it, and has waited instead.
///
/// Ranges are of the values that its ``SolutionReader`` keeps. Nothing of it is verified.
package struct ChallengeSolution: Equatable, Sendable, BitwiseCopyable {
    var cost: UInt32 = 0
    var level: UInt8 = 0
    var expires: UInt32 = 0
    var ready: UInt32 = 0
    var isSolved = false
    /// The attempt that is said to have found the key.
    package var counter: UInt32 = 0
    /// The operation's name.
    var operation = ByteRange()
    /// What stands for a front-end key; empty where there is none.
    var key = ByteRange()
    var nonce = ByteRange()
    var salt = ByteRange()
    var keyPrefix = ByteRange()
    var keySignature = ByteRange()
    var signature = ByteRange()
    var derivedKey = ByteRange()
}
