import Bytes
import Cryptography
import Files
import TestSupport
import Testing

@testable import Vault

@Suite("Webhooks' secrets in the vault")
struct WebhookSecretTests {
    let directory = TemporaryDirectory()
    var keys: String { directory.path + "/keys" }

    func vault() throws(KeyVaultError) -> KeyVault {
        try KeyVault(directory: keys, masterKeyPath: directory.path + "/master.key")
    }

    func bytes(_ secret: consuming SecretBytes?) -> [UInt8]? {
        switch consume secret {
        case .some(let secret): return secret.bytes.array
        case .none: return nil
        }
    }

    @Test(
        "a secret comes back after a restart, is not in its file, and is destroyed for good",
        arguments: VaultPlace.Kind.allCases)
    func roundTrip(_ kind: VaultPlace.Kind) throws {
        let place = try VaultPlace(kind)
        var first = try place.vault()
        let made = bytes(try first.createWebhookSecret("wh-1", length: 32))
        #expect(made?.count == 32)
        let other = bytes(try first.createWebhookSecret("wh-2", length: 32))
        #expect(made != other)
        var second = try place.vault()
        let loaded = bytes(try second.webhookSecret("wh-1"))
        #expect(loaded == made)
        let none = bytes(try second.webhookSecret("wh-3"))
        #expect(none == nil)
        let stored = try place.stored(.webhook("wh-1"))
        try second.destroyWebhookSecret("wh-1")
        try second.destroyWebhookSecret("wh-1")
        let gone = bytes(try second.webhookSecret("wh-1"))
        #expect(gone == nil)
        #expect(try place.names() == [kind == .folder ? "wh-2.webhook" : "webhooks/wh-2"])
        #expect(try !place.readable().contains(stored))
    }

    @Test("a renamed file does not open, and no master key is made beside secrets")
    func misplaced() throws {
        var vault = try vault()
        _ = try vault.createWebhookSecret("wh-1", length: 32)
        try File.rename(keys + "/wh-1.webhook", to: keys + "/wh-2.webhook")
        do {
            _ = try vault.webhookSecret("wh-2")
            Issue.record("another webhook's secret opens")
        } catch {
            #expect(error == .cannotUnwrap(file: keys + "/wh-2.webhook"))
        }
        try File.remove(directory.path + "/master.key")
        #expect(throws: KeyVaultError.masterKeyMissing(file: directory.path + "/master.key")) {
            _ = try self.vault()
        }
    }
}
