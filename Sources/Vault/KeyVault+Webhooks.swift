internal import Bytes
package import Cryptography
internal import Files

/// What webhooks sign with: a file each, wrapped by the master key.
extension KeyVault {
    /// What their files' names end with.
    package static var webhookSuffix: String { ".webhook" }

    private static var webhookMagic: StaticString { "PORTHOOK" }
    private static var maximumWebhookSecretBytes: Int { 64 }

    /// Makes the secret of a new webhook, and stores it durably before giving it out.
    /// - Parameters:
    ///   - id: the webhook's: 1 to 64 letters, digits, `-` and `_`.
    ///   - length: bytes of the secret, 64 at most.
    package mutating func createWebhookSecret(
        _ id: String, length: Int
    ) throws(KeyVaultError) -> SecretBytes {
        precondition(length <= Self.maximumWebhookSecretBytes, "a secret has 64 bytes at most")
        let path = try webhookPath(of: id)
        guard !File.exists(path) else { throw .alreadyExists(file: path) }
        var secret = SecretBytes(capacity: length)
        secret.append(zeros: length)
        var room = secret.mutableBytes
        Random.fill(&room)
        let file = files.wrap(secret, magic: Self.webhookMagic, id: id + Self.webhookSuffix)
        do {
            try SecretFile.replace(path, with: file.bytes)
        } catch {
            throw .system(error)
        }
        return secret
    }

    /// The secret of this webhook; nil if it was never made, or has been destroyed.
    package mutating func webhookSecret(_ id: String) throws(KeyVaultError) -> SecretBytes? {
        let path = try webhookPath(of: id)
        return try files.read(
            path, magic: Self.webhookMagic, id: id + Self.webhookSuffix,
            maximum: WrappedFiles.overheadBytes + Self.maximumWebhookSecretBytes)
    }

    /// Destroys the secret for good. On return its file is gone from stable storage.
    package mutating func destroyWebhookSecret(_ id: String) throws(KeyVaultError) {
        let path = try webhookPath(of: id)
        do {
            try SecretFile.remove(path)
        } catch {
            throw .system(error)
        }
    }

    private func webhookPath(of id: String) throws(KeyVaultError) -> String {
        String(try path(of: id).dropLast(".key".utf8.count)) + Self.webhookSuffix
    }
}
