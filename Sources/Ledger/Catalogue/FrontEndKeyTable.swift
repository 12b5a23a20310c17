package import Time

extension Catalogue {
    package struct FrontEndKey: Equatable, Codable, Sendable {
        package let id: String
        /// Index of the operation.
        package fileprivate(set) var operation: UInt32
        package let digest: KeyDigest
        /// What posts with it; fixed when it is created.
        package let frontEnd: FrontEndKind
        package let createdAt: Timestamp
        /// When it was revoked: entries with it are refused from then on. `nil` while it works.
        package fileprivate(set) var revokedAt: Timestamp?
        package fileprivate(set) var reason: RevocationReason?
        /// When it was declared lost, stolen or replaced (C16): at the revocation, or before.
        package fileprivate(set) var declaredAt: Timestamp?
        /// Since when it is suspected: watched, and not refused (C16).
        package fileprivate(set) var suspectedAt: Timestamp?
    }
}

/// The front-end keys by index and by name. No two have the same digest, revoked or not.
struct FrontEndKeyTable: Equatable, Sendable {
    private(set) var all: [Catalogue.FrontEndKey] = []
    private var indices: [String: UInt32] = [:]
    private var digests: Set<KeyDigest> = []

    func index(_ id: String) -> UInt32? { indices[id] }

    /// Adds a key.
    /// - Returns: its index; `nil` if the same key is there already.
    mutating func add(
        _ id: String, digest: KeyDigest, for frontEnd: FrontEndKind, of operation: UInt32,
        at time: Timestamp
    ) throws(CommandRefusal) -> UInt32? {
        if let index = indices[id] {
            let key = all[Int(index)]
            guard key.operation == operation, key.digest == digest, key.frontEnd == frontEnd
            else { throw .keyExists(id) }
            return nil
        }
        guard !digests.contains(digest) else { throw .keyExists(id) }
        let index = try LedgerLimits.index(
            after: all.count, limit: LedgerLimits.keys, name: "keys")
        all.append(
            Catalogue.FrontEndKey(
                id: id, operation: operation, digest: digest, frontEnd: frontEnd,
                createdAt: time))
        indices[id] = index
        digests.insert(digest)
        return index
    }

    /// Revokes a key, once.
    /// - Parameter declared: when it was declared; `nil`: now.
    mutating func revoke(
        _ id: String, reason: RevocationReason, declared: Timestamp?, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard let index = indices[id] else { throw .unknownKey(id) }
        try RevocationReason.requirePast(declared, at: time)
        guard all[Int(index)].revokedAt == nil else { return .none }
        all[Int(index)].revokedAt = time
        all[Int(index)].reason = reason
        all[Int(index)].declaredAt = declared ?? time
        return .keyRevoked(index)
    }

    /// Marks a key that works as suspected, once.
    mutating func suspect(_ id: String, at time: Timestamp) throws(CommandRefusal) -> Change {
        guard let index = indices[id] else { throw .unknownKey(id) }
        guard all[Int(index)].revokedAt == nil else { throw .notInForce(id) }
        guard all[Int(index)].suspectedAt == nil else { return .none }
        all[Int(index)].suspectedAt = time
        return .keySuspected(index)
    }

    /// Revokes the keys of a deleted operation, as far as they still work.
    mutating func revoke(_ keys: [UInt32], at time: Timestamp) {
        for key in keys where all[Int(key)].revokedAt == nil { all[Int(key)].revokedAt = time }
    }

    mutating func move(_ keys: [UInt32], to operation: UInt32) {
        for key in keys { all[Int(key)].operation = operation }
    }

    /// Makes the storage this table's alone.
    mutating func detachStorage() {
        all.reserveCapacity(all.count + 1)
        indices.reserveCapacity(indices.count + 1)
        digests.reserveCapacity(digests.count + 1)
    }
}

extension FrontEndKeyTable: Codable {
    init(from decoder: any Decoder) throws {
        all = try [Catalogue.FrontEndKey](from: decoder)
        for (index, key) in all.enumerated() {
            indices[key.id] = UInt32(index)
            digests.insert(key.digest)
        }
    }

    func encode(to encoder: any Encoder) throws { try all.encode(to: encoder) }
}
