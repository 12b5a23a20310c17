internal import Bytes

/// Which of a vault's secrets: what it is called, and how it is wrapped.
enum SecretName: Equatable, Sendable {
    case operation(String)
    case webhook(String)
    /// The lowest leaf that has not been given out.
    case leaves

    /// - Throws: ``KeyVaultError/invalidID(_:)`` unless it is 1 to 64 letters, digits, `-` and `_`:
    ///   files are named by it.
    static func check(_ id: String) throws(KeyVaultError) {
        let isPlain = id.utf8.allSatisfy { byte in
            ASCII.isDigit(byte) || byte == 0x2D || byte == 0x5F
                || (ASCII.lowercased(byte) >= 0x61 && ASCII.lowercased(byte) <= 0x7A)
        }
        guard isPlain, id.utf8.count >= 1, id.utf8.count <= 64 else { throw .invalidID(id) }
    }

    /// The first bytes of what is stored.
    var magic: StaticString {
        switch self {
        case .operation: "PORTKEY2"
        case .webhook: "PORTHOOK"
        case .leaves: "PORTLEAF"
        }
    }

    /// What wrapping binds the secret to.
    var label: String {
        switch self {
        case .operation(let id): id
        case .webhook(let id): id + KeyVault.webhookSuffix
        case .leaves: "leaves"
        }
    }

    /// Bytes of the longest secret.
    var maximumBytes: Int {
        switch self {
        case .operation:
            OperationSecrets.headBytes + KeyVault.maximumNodes * OperationSecrets.nodeBytes
        case .webhook: KeyVault.maximumWebhookSecretBytes
        case .leaves: NextLeaf.byteCount
        }
    }

    /// Its key in a key space.
    var spaceKey: String {
        switch self {
        case .operation(let id): "keys/" + id
        case .webhook(let id): "webhooks/" + id
        case .leaves: "leaves"
        }
    }
}
