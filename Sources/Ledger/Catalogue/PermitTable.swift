package import Time

extension Catalogue {
    /// Lets load runs send test entries to an operation (C7). It names the run: all entries that
    /// come with it.
    package struct Permit: Equatable, Codable, Sendable {
        package let id: String
        /// Index of the operation. A reset gives it another one, and ends its permits.
        package let operation: UInt32
        /// Test entries a second, of all connections together.
        package let perSecond: UInt32
        /// The first moment at which test entries are accepted, and the first at which they are not
        /// any more.
        package let starts: Timestamp
        package let ends: Timestamp
        /// Networks that they may come from; none stands for all.
        package let addresses: [String]
        package let note: String?
        package let createdAt: Timestamp
        /// `nil` while it works; a purge revokes it too.
        package fileprivate(set) var revokedAt: Timestamp?
        /// When its entries were taken out of every count.
        package fileprivate(set) var purgedAt: Timestamp?
        /// How many they were.
        package fileprivate(set) var purgedEntries: UInt64?
        /// When what they gave was forgotten.
        package fileprivate(set) var forgottenAt: Timestamp?
        package fileprivate(set) var forgottenLeaves: UInt64?

        /// Whether the keys of its entries are still to be forgotten.
        package var awaitsForgetting: Bool { purgedAt != nil && forgottenAt == nil }

        /// Where it stands.
        package enum State: String, CaseIterable, Codable, Sendable {
            /// Issued, and not begun.
            case scheduled
            case active
            case expired
            case revoked
            case purged
        }

        /// - Parameter time: the ledger's.
        package func state(at time: Timestamp) -> State {
            if purgedAt != nil { return .purged }
            if revokedAt != nil { return .revoked }
            if time < starts { return .scheduled }
            return time < ends ? .active : .expired
        }
    }
}

/// The permits in order of creation, those that are over too: entries on record name them by their
/// place in the list.
struct PermitTable: Equatable, Sendable {
    private(set) var all: [Catalogue.Permit] = []
    private var indices: [String: UInt32] = [:]

    func index(_ id: String) -> UInt32? { indices[id] }

    /// Adds a permit.
    /// - Returns: its index.
    mutating func add(
        _ id: String, _ terms: PermitTerms, of operation: UInt32, at time: Timestamp
    ) throws(CommandRefusal) -> UInt32 {
        guard indices[id] == nil else {
            throw .invalid(pointer: "", detail: "must not take the id of another permit")
        }
        let index = try LedgerLimits.index(
            after: all.count, limit: LedgerLimits.permits, name: "permits")
        all.append(
            Catalogue.Permit(
                id: id, operation: operation, perSecond: terms.perSecond, starts: terms.starts,
                ends: terms.ends, addresses: terms.addresses, note: terms.note, createdAt: time))
        indices[id] = index
        return index
    }

    /// Revokes a permit, once.
    mutating func revoke(_ id: String, at time: Timestamp) throws(CommandRefusal) -> Change {
        let index = try requireIndex(id)
        guard all[Int(index)].revokedAt == nil else { return .none }
        all[Int(index)].revokedAt = time
        return .permitRevoked(index)
    }

    /// Takes its entries out of every count, once.
    /// - Parameter entries: how many they are.
    mutating func purge(
        _ id: String, entries: UInt64, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        let index = try requireIndex(id)
        guard all[Int(index)].purgedAt == nil else { return .none }
        if all[Int(index)].revokedAt == nil { all[Int(index)].revokedAt = time }
        all[Int(index)].purgedAt = time
        all[Int(index)].purgedEntries = entries
        return .permitPurged(index)
    }

    /// Records that what its entries gave is forgotten, once.
    mutating func forget(
        _ id: String, leaves: UInt64, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        let index = Int(try requireIndex(id))
        guard all[index].purgedAt != nil else {
            throw .invalid(pointer: "/permit_id", detail: "must be of a permit that was purged")
        }
        guard all[index].forgottenAt == nil else { return .none }
        all[index].forgottenAt = time
        all[index].forgottenLeaves = leaves
        return .recorded
    }

    private func requireIndex(_ id: String) throws(CommandRefusal) -> UInt32 {
        guard let index = indices[id] else { throw .unknownPermit(id) }
        return index
    }

    /// Makes the storage this table's alone.
    mutating func detachStorage() {
        all.reserveCapacity(all.count + 1)
        indices.reserveCapacity(indices.count + 1)
    }
}

extension PermitTable: Codable {
    init(from decoder: any Decoder) throws {
        all = try [Catalogue.Permit](from: decoder)
        for (index, permit) in all.enumerated() { indices[permit.id] = UInt32(index) }
    }

    func encode(to encoder: any Encoder) throws { try all.encode(to: encoder) }
}
