internal import Bytes

/// What a solution has proved.
package struct VerifiedChallenge: Equatable, Sendable, BitwiseCopyable {
    /// Of this challenge and no other, however the solution is spelled: the first 128 bits of the
    /// signature, as it was computed here.
    package let high: UInt64
    package let low: UInt64
    /// When the challenge expires, in seconds since 1970.
    package let expires: UInt32
    /// ``ChallengeDifficulty/Level`` as a number.
    package let level: UInt8
    /// From when on it is good without a solution, in seconds since 1970; 0 where it is solved.
    package let readyAt: UInt32

    init(signature: RawSpan, expires: UInt32, level: UInt8, readyAt: UInt32 = 0) {
        high = Self.word(of: signature, at: 0)
        low = Self.word(of: signature, at: 8)
        self.expires = expires
        self.level = level
        self.readyAt = readyAt
    }

    private static func word(of bytes: RawSpan, at start: Int) -> UInt64 {
        var word: UInt64 = 0
        for offset in start..<(start + 8) { word = word << 8 | UInt64(bytes[offset]) }
        return word
    }
}
