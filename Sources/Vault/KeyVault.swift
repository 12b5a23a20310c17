internal import Bytes
internal import Cryptography

/// The operations' secrets, each wrapped by a master key; and which leaves of their trees have been
/// given out.
///
/// What a person gave with an entry is sealed in the journal under a leaf of the operation's
/// ``KeyTree``, which no other entry has. Forgetting a leaf erases the entry's data in every copy
/// of the journal (C19, C22), as long as copies of the secrets are not kept longer than the data
/// may be: an old copy opens what has been forgotten since. A leaf is given out once, to one
/// operation, whatever becomes of the operation or the process.
///
/// One node keeps its secrets in a folder (``SecretFolder``), the nodes of a cluster in the key
/// space of their engine (``SecretSpace``), and nothing of them on a disk of their own.
package struct KeyVault: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: it has one owner, as has the store in it.

    let store: any SecretStore
    /// The lowest leaf that has not been given out.
    package private(set) var nextLeaf: UInt64

    /// Nodes of one tree: it is read whole.
    static var maximumNodes: Int { 4 << 20 }

    /// Opens a folder, and finishes what an interrupted ``forget(_:of:)`` left. One process at a
    /// time; the journal's lock sees to it.
    /// - Parameters:
    ///   - directory: created if it does not exist; its parent must.
    ///   - masterKeyPath: created with a random key, mode 0600, if neither it nor any operation's
    ///     key exists. It may be a symbolic link.
    ///   - masterKeyIsGuarded: whoever made its directory sees to who may read it, and it is for
    ///     reading only. Its mode is not looked at: that of a credential of systemd shows the mask
    ///     of an access list where one would look for the group.
    package init(
        directory: String, masterKeyPath: String, masterKeyIsGuarded: Bool = false
    ) throws(KeyVaultError) {
        try self.init(
            SecretFolder(
                directory, masterKeyPath: masterKeyPath, masterKeyIsGuarded: masterKeyIsGuarded))
    }

    /// Opens the key space of a cluster. Where this process may change it, it finishes what an
    /// interrupted ``forget(_:of:)`` left, also one of an earlier owner.
    /// - Parameters:
    ///   - masterKeyPath: the cluster's, the same on every node; it is never created.
    ///   - masterKeyIsGuarded: as for a folder.
    /// - Throws: ``KeyVaultError/foreignMasterKey(file:)`` where the cluster has another one.
    package init(
        space: any KeySpace, masterKeyPath: String, masterKeyIsGuarded: Bool = false
    ) throws(KeyVaultError) {
        try self.init(
            SecretSpace(
                space, masterKeyPath: masterKeyPath, masterKeyIsGuarded: masterKeyIsGuarded))
    }

    private init(_ store: any SecretStore) throws(KeyVaultError) {
        nextLeaf = try Self.loadNextLeaf(store)
        self.store = store
    }

    private static func loadNextLeaf(_ store: any SecretStore) throws(KeyVaultError) -> UInt64 {
        let place = store.place(of: .leaves)
        if let secret = try store.read(.leaves) {
            guard let next = NextLeaf.decode(secret) else { throw .notAKeyFile(file: place) }
            return next
        }
        guard store.mayWrite else { return 0 }
        for case .operation in try store.names() { throw .leavesMissing(file: place) }
        try store.create(.leaves, NextLeaf.encoded(0))
        return 0
    }

    // MARK: Operations' secrets

    /// Makes the secrets of a new operation, and stores them durably before giving them out.
    /// - Parameter id: 1 to 64 letters, digits, `-` and `_`.
    package mutating func create(_ id: String) throws(KeyVaultError) -> OperationSecrets {
        try SecretName.check(id)
        let secrets = OperationSecrets()
        try store.create(.operation(id), secrets.encoded())
        return secrets
    }

    /// The secrets of this id; nil if they were never made, or have been destroyed.
    package mutating func load(_ id: String) throws(KeyVaultError) -> OperationSecrets? {
        try SecretName.check(id)
        guard let secret = try store.read(.operation(id)) else { return nil }
        return try Self.decode(secret, at: store.place(of: .operation(id)))
    }

    /// Has the secrets of all operations come at once, for the loads that follow.
    package mutating func readAhead() throws(KeyVaultError) { try store.readAhead() }
    package mutating func endReadingAhead() { store.endReadingAhead() }

    private static func decode(
        _ secret: borrowing SecretBytes, at place: String
    ) throws(KeyVaultError) -> OperationSecrets {
        guard let secrets = OperationSecrets.decode(secret) else {
            throw .notAKeyFile(file: place)
        }
        return secrets
    }

    /// Destroys the secrets for good, and with them all that was sealed and hashed by them. On
    /// return they are gone from stable storage.
    /// - Returns: false if there were none.
    @discardableResult
    package mutating func destroy(_ id: String) throws(KeyVaultError) -> Bool {
        try SecretName.check(id)
        return try store.remove(.operation(id))
    }

    // MARK: Forgetting

    /// Forgets leaves of an operation's tree for good: on return nothing that is stored leads to
    /// their keys. A crash at any moment leaves all of them readable or none, and none once this
    /// has returned.
    /// - Parameter leaves: such as have been given out; in any order.
    /// - Returns: how many of them had not been forgotten before; nil if the id has no secrets.
    /// - Throws: ``KeyVaultError``; of an error of the system's or the cluster's, either the old or
    ///   the new state is in force, and asking again is harmless.
    package mutating func forget(
        _ leaves: [Range<UInt64>], of id: String
    ) throws(KeyVaultError) -> UInt64? {
        let last = leaves.map(\.upperBound).max() ?? 0
        guard last <= nextLeaf else { throw .leafNotGivenOut(last - 1, next: nextLeaf) }
        try SecretName.check(id)
        let place = store.place(of: .operation(id))
        var forgotten: UInt64 = 0
        let isThere = try store.update(.operation(id)) { secret throws(KeyVaultError) in
            var secrets = try Self.decode(secret, at: place)
            let count = secrets.tree.forget(leaves)
            // Asked again after its own change, it finds none.
            forgotten = max(forgotten, count)
            guard count > 0 else { return nil }
            guard secrets.tree.nodeCount <= Self.maximumNodes else {
                throw .tooManyNodes(file: place, maximum: Self.maximumNodes)
            }
            return secrets.encoded()
        }
        return isThere ? forgotten : nil
    }

    // MARK: Leaves

    /// Gives out leaves that were never given out before, to any operation. They are on record
    /// durably before this returns.
    /// - Parameters:
    ///   - count: a power of two; the first leaf is a multiple of it.
    ///   - lowest: above all that the journal has: in case that the folder is an older copy.
    package mutating func reserveLeaves(
        _ count: UInt64, from lowest: UInt64 = 0
    ) throws(KeyVaultError) -> Range<UInt64> {
        precondition(count.nonzeroBitCount == 1, "leaves are given out by powers of two")
        var start: UInt64 = 0
        try store.raiseNextLeaf(from: nextLeaf) { next throws(KeyVaultError) in
            let (rounded, isOver) = max(next, lowest).addingReportingOverflow(count - 1)
            start = rounded & ~(count - 1)
            guard !isOver, start <= KeyNode.leafCount - count else { throw .leavesExhausted }
            return start + count
        }
        nextLeaf = start + count
        return start..<start + count
    }
}
