package import Bytes
internal import Cryptography

/// What a challenge asks for, and what solves it, before it is known for whom it is: made ahead,
/// because it takes a derivation.
///
/// A view of bytes:
///
///     bytes  0...15 nonce
///           16...31 salt
///           32...63 the derived key that is to be found
///           64...67 cost: iterations of one attempt, little-endian
///           68      level: ``ChallengeDifficulty/Level``
package struct ChallengePuzzle: ~Escapable {
    let nonce: RawSpan
    let salt: RawSpan
    let derivedKey: RawSpan
    let cost: UInt32
    let level: UInt8

    package static var byteCount: Int { 69 }
    /// Random bytes that one is made of.
    package static var randomBytes: Int { 32 }
    static var nonceBytes: Int { 16 }
    static var keyBytes: Int { 32 }

    /// - Precondition: `bytes` are those that ``append(random:counter:cost:level:to:)`` wrote.
    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan) {
        precondition(bytes.byteCount == Self.byteCount, "a puzzle has 69 bytes")
        nonce = bytes.extracting(0..<16)
        salt = bytes.extracting(16..<32)
        derivedKey = bytes.extracting(32..<64)
        var cost: UInt32 = 0
        for offset in 0..<4 { cost |= UInt32(bytes[64 + offset]) << UInt32(8 * offset) }
        self.cost = cost
        level = bytes[68]
    }

    /// Makes a puzzle: one derivation of `cost` iterations.
    /// - Parameters:
    ///   - random: ``randomBytes``: nonce and salt.
    ///   - counter: the attempt that solves it.
    package static func append(
        random: RawSpan, counter: UInt32, cost: UInt32, level: ChallengeDifficulty.Level,
        to puzzle: inout ByteBuffer
    ) {
        precondition(random.byteCount == randomBytes, "nonce and salt have 16 bytes each")
        let key = derivedKey(
            nonce: random.extracting(0..<nonceBytes), counter: counter,
            salt: random.extracting(nonceBytes..<randomBytes), cost: cost)
        puzzle.append(random)
        puzzle.append(key.bytes)
        puzzle.append(littleEndian: cost)
        puzzle.append(level.rawValue)
    }

    /// The key of one attempt: PBKDF2 of the nonce with the counter behind it, big-endian.
    static func derivedKey(
        nonce: RawSpan, counter: UInt32, salt: RawSpan, cost: UInt32
    ) -> SHA256Digest {
        var password = ByteBuffer(capacity: nonceBytes + 4)
        password.append(nonce)
        password.append(littleEndian: counter.byteSwapped)
        return PBKDF2.key(password: password.bytes, salt: salt, iterations: Int(cost))
    }
}
