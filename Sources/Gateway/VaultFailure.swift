internal import Vault

/// Why something asked of the vault has no outcome (``VaultDesk``).
enum VaultFailure: Error {
    /// The disk hangs, and it waits behind what is in hand: it was not begun, and will not be.
    case notBegun
    /// It was begun, and the disk hangs.
    case hangs
    case failed(KeyVaultError)

    /// The vault's own reason; nil where there was no time to have one.
    var cause: KeyVaultError? {
        if case .failed(let error) = self { error } else { nil }
    }
}
