internal import Bytes
internal import Cryptography

/// Front-end keys that were found valid of late, so that not every request's key is digested.
///
/// A key is remembered by a 128-bit keyed hash, under a secret of this worker's own that never
/// leaves it: whoever sends keys can neither choose one that is taken for another nor one that
/// falls on a given slot. Only valid keys are remembered, so a flood of unknown ones drives nothing
/// out. What is remembered is a key's index, not that it is valid: the directory says that.
struct RecentKeys: ~Copyable {
    private let secret = SipKey(SymmetricKey.random())
    private var hasher = KeyedHasher()
    private var slots = ContiguousArray(repeating: Slot(), count: Self.count)

    /// Keys remembered at most; two that fall on one slot take turns.
    private static var count: Int { 256 }

    private struct Slot {
        var hash = KeyedHash128(high: 0, low: 0)
        /// The key's index in the ledger; nil while nothing has been remembered here.
        var key: UInt32?
    }

    /// What a key is known by here.
    mutating func hash(_ credential: RawSpan) -> KeyedHash128 {
        hasher.hash(credential, key: secret, domain: 0)
    }

    /// The index of the key with this hash, if it is remembered. The hashes are compared in
    /// constant time.
    func key(_ hash: KeyedHash128) -> UInt32? {
        let slot = slots[Self.place(hash)]
        let difference = (slot.hash.high ^ hash.high) | (slot.hash.low ^ hash.low)
        return difference == 0 ? slot.key : nil
    }

    mutating func remember(_ key: UInt32, as hash: KeyedHash128) {
        slots[Self.place(hash)] = Slot(hash: hash, key: key)
    }

    private static func place(_ hash: KeyedHash128) -> Int {
        Int(truncatingIfNeeded: hash.low) & (count - 1)
    }
}
