internal import Cryptography
internal import Robots
internal import Vault

/// The keys of one operation: destroying its secrets destroys what was sealed, and the link between
/// a participant and the ledger's fingerprint.
struct OperationKeys: Sendable {
    /// Seals what a person gave, each entry under a leaf of its own.
    let tree: SealingTree
    /// Turns a participant into the ledger's fingerprint.
    let participant: SipKey
    /// Turns an idempotency key into a fingerprint.
    let idempotency: SipKey
    /// Turns a second key into a fingerprint.
    let secondKey: SipKey
    /// Signs tickets.
    let ticket: SipKey
    /// Signs permits for test entries.
    let permit: SipKey
    /// Sign challenges.
    let challenge: ChallengeSecrets

    /// - Parameter leaf: none below it will be sealed with any more; their keys do not come along.
    init(_ secrets: borrowing OperationSecrets, from leaf: UInt64) {
        tree = SealingTree(secrets.tree.part(from: leaf))
        participant = SipKey(secrets.identity.derived(label: "portillon participant v1"))
        idempotency = SipKey(secrets.identity.derived(label: "portillon idempotency v1"))
        secondKey = SipKey(secrets.identity.derived(label: "portillon second key v1"))
        ticket = SipKey(secrets.identity.derived(label: "portillon ticket v1"))
        permit = Self.permitKey(secrets)
        challenge = ChallengeSecrets(secrets.identity)
    }

    /// What an operation's permits are signed with.
    static func permitKey(_ secrets: borrowing OperationSecrets) -> SipKey {
        SipKey(secrets.identity.derived(label: "portillon permit v1"))
    }
}
