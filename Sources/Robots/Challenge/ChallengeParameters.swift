internal import Bytes
internal import Cryptography

/// The parameters of a challenge (ALTCHA, proof of work v2), and the text that is signed: JSON with
/// sorted names and without spaces.
struct ChallengeParameters: ~Escapable {
    /// Iterations of one attempt.
    let cost: UInt32
    let level: UInt8
    /// When it expires, in seconds since 1970.
    let expires: UInt32
    /// From when on it lets an entry in without a solution, in seconds since 1970; 0 for never.
    let ready: UInt32
    /// Whom it is for: an operation's name, and what stands for a front-end key; none where it is
    /// for every key of the operation.
    let operation: RawSpan
    let key: RawSpan
    let nonce: RawSpan
    let salt: RawSpan
    /// The first half of the derived key.
    let keyPrefix: RawSpan
    let keySignature: RawSpan

    static var algorithm: StaticString { "PBKDF2/SHA-256" }
    static var keyLength: UInt64 { 32 }

    @_lifetime(
        copy operation, copy key, copy nonce, copy salt, copy keyPrefix, copy keySignature)
    init(
        cost: UInt32, level: UInt8, expires: UInt32, ready: UInt32, operation: RawSpan,
        key: RawSpan, nonce: RawSpan, salt: RawSpan, keyPrefix: RawSpan, keySignature: RawSpan
    ) {
        self.cost = cost
        self.level = level
        self.expires = expires
        self.ready = ready
        self.operation = operation
        self.key = key
        self.nonce = nonce
        self.salt = salt
        self.keyPrefix = keyPrefix
        self.keySignature = keySignature
    }

    /// Appends the text. An operation's name needs no escapes.
    func append(to json: inout ByteBuffer) {
        json.append("{\"algorithm\":\"" as StaticString)
        json.append(Self.algorithm)
        json.append("\",\"cost\":" as StaticString)
        json.append(decimal: UInt64(cost))
        json.append(",\"data\":{" as StaticString)
        if key.byteCount > 0 {
            json.append("\"key\":\"" as StaticString)
            json.append(hexadecimal: key)
            json.append("\"," as StaticString)
        }
        json.append("\"level\":" as StaticString)
        json.append(decimal: UInt64(level))
        json.append(",\"operation\":\"" as StaticString)
        json.append(operation)
        json.append(UInt8(ascii: "\""))
        if ready > 0 {
            json.append(",\"readyAt\":" as StaticString)
            json.append(decimal: UInt64(ready))
        }
        json.append("},\"expiresAt\":" as StaticString)
        json.append(decimal: UInt64(expires))
        json.append(",\"keyLength\":" as StaticString)
        json.append(decimal: Self.keyLength)
        json.append(",\"keyPrefix\":\"" as StaticString)
        json.append(hexadecimal: keyPrefix)
        json.append("\",\"keySignature\":\"" as StaticString)
        json.append(hexadecimal: keySignature)
        json.append("\",\"nonce\":\"" as StaticString)
        json.append(hexadecimal: nonce)
        json.append("\",\"salt\":\"" as StaticString)
        json.append(hexadecimal: salt)
        json.append("\"}" as StaticString)
    }
}
