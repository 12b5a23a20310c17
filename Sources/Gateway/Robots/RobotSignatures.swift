internal import Bytes
internal import Cryptography
internal import Robots
internal import Time
internal import Wire

/// Verifies the signatures of robots that operations let in (RFC 9421, RFC 9530,
/// draft-ietf-webbotauth-httpsig-protocol), by the keys that the ruleset pins. Of its loop alone.
///
/// What costs little is looked at first, and the signature itself only where all of that holds and
/// the key's bound leaves room.
struct RobotSignatures: ~Copyable {
    /// What is compared or verified, one after the other.
    private var scratch = ByteBuffer(capacity: 1 << 10)
    private var digests = SHA256()
    /// Of the entry in hand, where its signature was verified: a zero byte, which no header has,
    /// and the signature. A copy of the request has the same.
    private(set) var replayMark = ByteBuffer(capacity: 65)

    /// Seconds between a signature's `created` and the gateway's clock, either way.
    static var toleranceSeconds: Int64 { 300 }

    /// What a request's head has of a signature.
    struct SignedHead {
        let input: SignatureInput
        let key: PinnedKey
        /// In base64.
        let signature: ByteRange
    }

    /// How a request came, as far as a signature may cover it.
    struct Arrival {
        /// See ``SignatureBase``.
        let scheme: StaticString?
        /// The ledger's time.
        let time: Timestamp
    }

    /// Another entry is in hand.
    mutating func forget() { replayMark.removeAll() }

    var isVerified: Bool { replayMark.count > 0 }

    // MARK: The head

    /// Looks at what the head says of its signature.
    /// - Returns: nil where it has none with the tag `web-bot-auth`.
    mutating func read(
        _ head: borrowing RequestParser, _ request: RawSpan, _ profile: OperationProfile,
        _ ruleset: RobotRuleset, _ arrival: Arrival
    ) throws(SignatureFault) -> SignedHead? {
        guard let input = try Self.input(head, request) else { return nil }
        let algorithm = request.extracting(input.algorithm.range)
        guard algorithm.byteCount == 0 || algorithm.equals("ed25519") else { throw .malformed }
        let keyID = request.extracting(input.keyID.range)
        guard let key = ruleset.keys.first(where: { $0.isNamed(keyID) }) else {
            throw .unknownKey
        }
        guard profile.allows(key.robot.name) else { throw .notAllowed }
        try Self.checkTime(input, at: arrival.time)
        try Self.checkCover(input, head, request)
        try checkAuthority(head, request, ruleset, arrival)
        try Self.checkAgent(input, head, request, key.robot)
        guard case .once(let field) = head.only("signature", in: request),
            let signature = StructuredDictionary.text(
                ofMemberNamed: input.label, in: field, request)
        else { throw .malformed }
        return SignedHead(input: input, key: key, signature: signature)
    }

    private static func input(
        _ head: borrowing RequestParser, _ request: RawSpan
    ) throws(SignatureFault) -> SignatureInput? {
        switch head.only("signature-input", in: request) {
        case .missing: return nil
        case .repeated: throw .malformed
        case .once(let field):
            do throws(StructuredFieldError) {
                return try SignatureInput.read(tagged: "web-bot-auth", in: field, request)
            } catch {
                throw .malformed
            }
        }
    }

    private static func checkTime(
        _ input: SignatureInput, at time: Timestamp
    ) throws(SignatureFault) {
        // Both have 15 digits at most.
        let now = time.milliseconds / 1_000
        guard let created = input.created, let expires = input.expires,
            abs(now - created) <= toleranceSeconds, expires > created, expires > now
        else { throw .outdated }
    }

    /// Whatever decides what the request means must be signed, or a copy of it could mean something
    /// else: the key that it is repeated by, too.
    private static func checkCover(
        _ input: SignatureInput, _ head: borrowing RequestParser, _ request: RawSpan
    ) throws(SignatureFault) {
        let hasTarget =
            input.covers("@path", in: request) || input.covers("@target-uri", in: request)
        guard hasTarget, input.covers("@method", in: request),
            input.covers("@authority", in: request), input.covers("content-digest", in: request),
            head[.idempotencyKey] == nil || input.covers("idempotency-key", in: request)
        else { throw .uncovered }
    }

    private mutating func checkAuthority(
        _ head: borrowing RequestParser, _ request: RawSpan, _ ruleset: RobotRuleset,
        _ arrival: Arrival
    ) throws(SignatureFault) {
        scratch.removeAll()
        SignatureBase.append(authorityOf: head, request, over: arrival.scheme, to: &scratch)
        guard ruleset.hasAuthority(scratch.bytes) else { throw .authority }
    }

    /// `Signature-Agent`, where it is sent, is signed, and the pinned one: one string, as in the
    /// first drafts, or the member of a dictionary that is covered.
    private static func checkAgent(
        _ input: SignatureInput, _ head: borrowing RequestParser, _ request: RawSpan,
        _ robot: PinnedRobot
    ) throws(SignatureFault) {
        let field: ByteRange
        switch head.only("signature-agent", in: request) {
        case .missing: return
        case .repeated: throw .malformed
        case .once(let value): field = value
        }
        for index in 0..<input.componentCount {
            let component = input[index]
            guard request.extracting(component.name.range).equals("signature-agent") else {
                continue
            }
            let agent =
                component.key.isEmpty
                ? StructuredDictionary.string(of: field, request)
                : StructuredDictionary.text(ofMemberNamed: component.key, in: field, request)
            guard let agent, robot.agent.withBytes({ request.extracting(agent.range).equals($0) })
            else { throw .agent }
            return
        }
        throw .uncovered
    }

    // MARK: The whole request

    /// Verifies the signature that the head has.
    /// - Parameters:
    ///   - body: as it was decoded.
    ///   - nanoseconds: the monotonic clock.
    mutating func verify(
        _ signed: SignedHead, _ head: borrowing RequestParser, _ request: RawSpan, body: RawSpan,
        _ arrival: Arrival, nanoseconds: UInt64
    ) throws(SignatureFault) {
        var isVerified = false
        defer { if !isVerified { forget() } }
        guard case .once(let field) = head.only("content-digest", in: request),
            let sent = StructuredDictionary.text(ofMemberNamed: "sha-256", in: field, request)
        else { throw .body }
        scratch.removeAll()
        let digest = digests.digest(body)
        guard scratch.append(decodingBase64: request.extracting(sent.range)),
            scratch.bytes.equals(digest.bytes)
        else { throw .body }
        replayMark.removeAll()
        replayMark.append(UInt8(0))
        guard replayMark.append(decodingBase64: request.extracting(signed.signature.range)),
            replayMark.count == 1 + Ed25519PublicKey.signatureBytes
        else { throw .malformed }
        scratch.removeAll()
        guard
            SignatureBase.append(
                signed.input, head, request, over: arrival.scheme, to: &scratch)
        else { throw .uncovered }
        guard signed.key.countIfInPace(at: nanoseconds) else { throw .rate }
        let signature = replayMark.bytes.extracting(1..<replayMark.count)
        guard signed.key.robot.key.verifies(signature, of: scratch.bytes) else { throw .forged }
        isVerified = true
    }
}
