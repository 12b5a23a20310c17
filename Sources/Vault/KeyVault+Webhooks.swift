internal import Bytes
package import Cryptography

/// What webhooks sign with, wrapped by the master key.
extension KeyVault {
    /// What their files' names end with.
    package static var webhookSuffix: String { ".webhook" }

    static var maximumWebhookSecretBytes: Int { 64 }

    /// Makes the secret of a new webhook, and stores it durably before giving it out.
    /// - Parameters:
    ///   - id: the webhook's: 1 to 64 letters, digits, `-` and `_`.
    ///   - length: bytes of the secret, 64 at most.
    package mutating func createWebhookSecret(
        _ id: String, length: Int
    ) throws(KeyVaultError) -> SecretBytes {
        precondition(length <= Self.maximumWebhookSecretBytes, "a secret has 64 bytes at most")
        try SecretName.check(id)
        var secret = SecretBytes(capacity: length)
        secret.append(zeros: length)
        var room = secret.mutableBytes
        Random.fill(&room)
        try store.create(.webhook(id), secret)
        return secret
    }

    /// The secret of this webhook; nil if it was never made, or has been destroyed.
    package mutating func webhookSecret(_ id: String) throws(KeyVaultError) -> SecretBytes? {
        try SecretName.check(id)
        return try store.read(.webhook(id))
    }

    /// Destroys the secret for good. On return it is gone from stable storage.
    package mutating func destroyWebhookSecret(_ id: String) throws(KeyVaultError) {
        try SecretName.check(id)
        try store.remove(.webhook(id))
    }
}
