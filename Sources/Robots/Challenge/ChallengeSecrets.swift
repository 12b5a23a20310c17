package import Cryptography

/// What the challenges of one operation are signed with: two keys that follow from the operation's
/// identity secret. So a challenge of another operation proves nothing here, challenges outlive a
/// restart, and they end with the operation's secrets.
package final class ChallengeSecrets: Sendable {
    /// Signs the parameters.
    let parameters: SymmetricKey
    /// Signs the derived key, so that a solution is verified without a derivation.
    let derivedKey: SymmetricKey

    package init(_ identity: borrowing SymmetricKey) {
        parameters = identity.derived(label: "portillon challenge v1")
        derivedKey = identity.derived(label: "portillon challenge key v1")
    }
}
