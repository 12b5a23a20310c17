internal import Bytes
internal import Cryptography
internal import Journal
internal import Ledger

/// What a worker must know of an operation to check, seal and answer its entries.
///
/// Made once for each change of the operation's settings and never changed afterwards, so that
/// every worker may read it at any time.
final class OperationProfile: Sendable {
    /// The operation's place in the ledger and on the board.
    let index: UInt32
    let id: String
    let title: String
    let opens: Timestamp?
    let closes: Timestamp?
    let needsAge: Bool
    /// The consents an entry must give, each as it is written in the request.
    let consents: [String]
    /// The origins that browsers may post from; nil for any.
    let allowedOrigins: [String]?
    let keys: OperationKeys

    init(_ operation: Operation, keys: OperationKeys) {
        index = operation.index
        id = operation.id
        title = operation.settings.title
        opens = operation.settings.opens
        closes = operation.settings.closes
        needsAge = operation.settings.minimumAge != nil
        consents = operation.settings.consents
        allowedOrigins =
            operation.settings.allowedOrigins.isEmpty ? nil : operation.settings.allowedOrigins
        self.keys = keys
    }
}

/// The keys of one operation, each derived from its data key for one purpose: destroying the data
/// key destroys what was sealed, and the link between a participant and the ledger's fingerprint.
struct OperationKeys: Sendable {
    /// Seals what a person gave.
    let sealing: SealingKey
    /// Turns a participant into the ledger's fingerprint.
    let participant: SipKey
    /// Turns an idempotency key into a fingerprint.
    let idempotency: SipKey

    init(dataKey: SymmetricKey) {
        sealing = SealingKey(dataKey.deriveKey(label: "portillon sealed entry v1"))
        participant = SipKey(dataKey.deriveKey(label: "portillon participant v1"))
        idempotency = SipKey(dataKey.deriveKey(label: "portillon idempotency v1"))
    }
}

/// A front-end key as a worker looks it up: by digest, never by the key itself.
struct FrontEndKey: Sendable, BitwiseCopyable {
    let index: UInt32
    let operation: UInt32
    let digest: SHA256Digest
    var isRevoked: Bool
}
