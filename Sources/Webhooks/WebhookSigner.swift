internal import Bytes
internal import Cryptography

/// Signs messages by the Standard Webhooks convention (https://www.standardwebhooks.com): `v1` is
/// HMAC-SHA-256 over `id.timestamp.body` under the webhook's secret, in base64.
package struct WebhookSigner: ~Copyable, Sendable {
    private var authenticator: MessageAuthenticator

    /// Bytes of a new secret; the convention allows 24 to 64.
    package static var secretBytes: Int { 32 }

    /// - Parameter secret: the bytes that the text behind `whsec_` stands for; copied.
    package init(secret: RawSpan) {
        authenticator = MessageAuthenticator(keyBytes: secret)
    }

    /// The value of `webhook-signature`.
    /// - Parameter timestamp: the value of `webhook-timestamp`: seconds since 1970.
    package mutating func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        var message = ByteBuffer(capacity: 128 + body.count)
        message.append("\(id).\(timestamp).")
        body.withBytes { message.append($0) }
        let code = authenticator.code(of: message.bytes)
        var text = ByteBuffer(capacity: 64)
        text.append("v1," as StaticString)
        text.append(base64: code.bytes)
        return text.text
    }

    /// A secret as its receiver is given it: `whsec_` and base64.
    package static func text(of secret: RawSpan) -> String {
        var text = ByteBuffer(capacity: 64)
        text.append("whsec_" as StaticString)
        text.append(base64: secret)
        return text.text
    }
}
