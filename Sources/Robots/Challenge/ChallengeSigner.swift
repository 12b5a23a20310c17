package import Bytes
internal import Cryptography

/// Signs the challenges of one operation, and verifies solutions of them.
///
/// For one thread at a time. Neither allocates, but for what libcrypto does by itself.
package struct ChallengeSigner: ~Copyable {
    private var parameters: MessageAuthenticator
    private var derivedKeys: MessageAuthenticator
    /// Parameters as they are signed.
    private var json = ByteBuffer(capacity: 640)

    package init(_ secrets: ChallengeSecrets) {
        parameters = MessageAuthenticator(key: secrets.parameters)
        derivedKeys = MessageAuthenticator(key: secrets.derivedKey)
    }

    /// Appends a challenge as clients are sent it: `{"parameters":{…},"signature":"…"}`.
    /// - Parameters:
    ///   - operation: the name of the operation that it is for.
    ///   - key: what stands for the front-end key that it is for; empty for every key of the
    ///     operation. ``keyBytes`` otherwise.
    ///   - expires: seconds since 1970.
    ///   - ready: from when on it lets an entry in without a solution, likewise; 0 for never.
    package mutating func append(
        _ puzzle: ChallengePuzzle, operation: RawSpan, key: RawSpan, expires: UInt32,
        ready: UInt32 = 0, to answer: inout ByteBuffer
    ) {
        let keySignature = derivedKeys.code(of: puzzle.derivedKey)
        let prefix = puzzle.derivedKey.extracting(0..<(ChallengePuzzle.keyBytes / 2))
        json.removeAll()
        let signed = ChallengeParameters(
            cost: puzzle.cost, level: puzzle.level, expires: expires, ready: ready,
            operation: operation, key: key, nonce: puzzle.nonce, salt: puzzle.salt,
            keyPrefix: prefix, keySignature: keySignature.bytes)
        signed.append(to: &json)
        let signature = Self.code(&parameters, of: json)
        answer.append("{\"parameters\":" as StaticString)
        answer.append(json.bytes)
        answer.append(",\"signature\":\"" as StaticString)
        answer.append(hexadecimal: signature.bytes)
        answer.append("\"}" as StaticString)
    }

    /// Bytes that stand for a front-end key.
    package static var keyBytes: Int { 8 }

    /// What a solution proves; nil where the challenge was not given out for this operation and
    /// key, or the solution is not the one, or there is none and waiting does not do. Whether it
    /// has expired, was used, or the wait is over, is not asked here.
    /// - Parameter values: what the solution's ranges count from.
    package mutating func verify(
        _ solution: ChallengeSolution, _ values: RawSpan, operation: RawSpan, key: RawSpan
    ) -> VerifiedChallenge? {
        let boundKey = values.extracting(solution.key.range)
        guard values.extracting(solution.operation.range).equals(operation),
            boundKey.byteCount == 0 || boundKey.equals(key)
        else { return nil }
        let keySignature = values.extracting(solution.keySignature.range)
        json.removeAll()
        // Written anew: so it does not matter how the client has spelled them.
        let signed = ChallengeParameters(
            cost: solution.cost, level: solution.level, expires: solution.expires,
            ready: solution.ready, operation: operation, key: boundKey,
            nonce: values.extracting(solution.nonce.range),
            salt: values.extracting(solution.salt.range),
            keyPrefix: values.extracting(solution.keyPrefix.range), keySignature: keySignature)
        signed.append(to: &json)
        let signature = Self.code(&parameters, of: json)
        guard
            constantTimeEquals(signature.bytes, values.extracting(solution.signature.range))
        else { return nil }
        guard solution.isSolved else {
            guard solution.ready > 0 else { return nil }
            return VerifiedChallenge(
                signature: signature.bytes, expires: solution.expires, level: solution.level,
                readyAt: solution.ready)
        }
        let code = derivedKeys.code(of: values.extracting(solution.derivedKey.range))
        guard constantTimeEquals(code.bytes, keySignature) else { return nil }
        return VerifiedChallenge(
            signature: signature.bytes, expires: solution.expires, level: solution.level)
    }

    /// Takes the fields one by one: a span of one is held against all of its owner.
    private static func code(
        _ authenticator: inout MessageAuthenticator, of json: borrowing ByteBuffer
    ) -> SHA256Digest {
        authenticator.code(of: json.bytes)
    }
}
