internal import Bytes
internal import Cryptography
internal import Files

/// The operations' secrets, each in a file of its own, wrapped by a master key; and which leaves of
/// their trees have been given out.
///
/// What a person gave with an entry is sealed in the journal under a leaf of the operation's
/// ``KeyTree``, which no other entry has. Forgetting a leaf erases the entry's data in every copy
/// of the journal (C19, C22), as long as copies of this folder are not kept longer than the data
/// may be: an old copy of it opens what has been forgotten since.
///
/// The folder holds
///
/// - `ID.key` for each operation: `PORTKEY2`, then what ``KeyWrapper`` makes of
///   ``OperationSecrets`` under the master key, with the id as additional data: a file under
///   another name does not open;
/// - `leaves`: `PORTLEAF`, then, wrapped in the same way for the id `leaves`, the lowest leaf that
///   has not been given out (8 bytes, little-endian). A leaf is given out once, to one operation,
///   whatever becomes of the operation or the process. Only an older copy of this file put in its
///   place would repeat some; the journal knows those that it has: ``reserveLeaves(_:from:)``;
/// - `ID.webhook` for each webhook: `PORTHOOK`, then what it signs with, wrapped for the id
///   `ID.webhook`;
/// - `….new` and `….old`, while a file is being replaced: ``SecretFile``.
package struct KeyVault: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: it has one owner, as have the contexts in it.

    let directory: String
    var files: WrappedFiles
    /// The lowest leaf that has not been given out.
    package private(set) var nextLeaf: UInt64

    private static var keyMagic: StaticString { "PORTKEY2" }
    private static var leafMagic: StaticString { "PORTLEAF" }
    private static var leavesName: String { "leaves" }
    /// Nodes of one tree: its file is read whole.
    static var maximumNodes: Int { 4 << 20 }
    private static var maximumFileBytes: Int {
        WrappedFiles.overheadBytes + OperationSecrets.headBytes
            + maximumNodes * OperationSecrets.nodeBytes
    }

    /// Opens the folder, and finishes what an interrupted ``forget(_:of:)`` left. One process at a
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
        var files = try Self.prepare(
            directory, masterKeyPath: masterKeyPath, masterKeyIsGuarded: masterKeyIsGuarded)
        let nextLeaf = try Self.loadNextLeaf(in: directory, &files)
        self.directory = directory
        self.files = files
        self.nextLeaf = nextLeaf
    }

    private static func prepare(
        _ directory: String, masterKeyPath: String, masterKeyIsGuarded: Bool
    ) throws(KeyVaultError) -> WrappedFiles {
        do {
            try Folder.make(directory)
            try Folder.syncName(of: directory)
            let masterKey = try MasterKey.load(
                masterKeyPath, wrapping: directory, isGuarded: masterKeyIsGuarded)
            try SecretFile.recoverAll(in: directory)
            return WrappedFiles(masterKey)
        } catch let error as KeyVaultError {
            throw error
        } catch let error as FileError {
            throw .system(error)
        } catch {
            preconditionFailure("nothing else is thrown here")
        }
    }

    // MARK: Operations' secrets

    /// Makes the secrets of a new operation, and stores them durably before giving them out.
    /// - Parameter id: 1 to 64 letters, digits, `-` and `_`; files are named by it.
    package mutating func create(_ id: String) throws(KeyVaultError) -> OperationSecrets {
        let path = try path(of: id)
        guard !File.exists(path) else { throw .alreadyExists(file: path) }
        let secrets = OperationSecrets()
        try store(secrets, id: id, path)
        return secrets
    }

    /// The secrets of this id; nil if they were never made, or have been destroyed.
    package mutating func load(_ id: String) throws(KeyVaultError) -> OperationSecrets? {
        let path = try path(of: id)
        guard
            let secret = try files.read(
                path, magic: Self.keyMagic, id: id, maximum: Self.maximumFileBytes)
        else { return nil }
        guard let secrets = OperationSecrets.decode(secret) else {
            throw .notAKeyFile(file: path)
        }
        return secrets
    }

    /// Destroys the secrets for good, and with them all that was sealed and hashed by them. On
    /// return their file is gone from stable storage.
    /// - Returns: false if there were none.
    @discardableResult
    package mutating func destroy(_ id: String) throws(KeyVaultError) -> Bool {
        let path = try path(of: id)
        do {
            return try SecretFile.remove(path)
        } catch {
            throw .system(error)
        }
    }

    // MARK: Forgetting

    /// Forgets leaves of an operation's tree for good: on return no file of the folder leads to
    /// their keys. However many they are, one file is written. A crash at any moment leaves all of
    /// them readable or none, and none once this has returned.
    /// - Parameter leaves: such as have been given out; in any order.
    /// - Returns: how many of them had not been forgotten before; nil if the id has no secrets.
    /// - Throws: ``KeyVaultError``; of an error of the system's, either the old or the new state is
    ///   in force, and asking again is harmless.
    package mutating func forget(
        _ leaves: [Range<UInt64>], of id: String
    ) throws(KeyVaultError) -> UInt64? {
        let last = leaves.map(\.upperBound).max() ?? 0
        guard last <= nextLeaf else { throw .leafNotGivenOut(last - 1, next: nextLeaf) }
        let path = try path(of: id)
        guard var secrets = try load(id) else { return nil }
        let forgotten = secrets.tree.forget(leaves)
        guard forgotten > 0 else {
            // An earlier attempt may have got as far as the new contents, and no further.
            do { try SecretFile.recover(path) } catch { throw .system(error) }
            return 0
        }
        guard secrets.tree.nodeCount <= Self.maximumNodes else {
            throw .tooManyNodes(file: path, maximum: Self.maximumNodes)
        }
        try store(secrets, id: id, path)
        return forgotten
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
        let (rounded, isOver) = max(nextLeaf, lowest).addingReportingOverflow(count - 1)
        let start = rounded & ~(count - 1)
        guard !isOver, start <= KeyNode.leafCount - count else { throw .leavesExhausted }
        try Self.storeNextLeaf(start + count, in: directory, &files)
        nextLeaf = start + count
        return start..<start + count
    }

    private static func loadNextLeaf(
        in directory: String, _ files: inout WrappedFiles
    ) throws(KeyVaultError) -> UInt64 {
        let path = directory + "/" + leavesName
        guard
            let secret = try files.read(
                path, magic: leafMagic, id: leavesName, maximum: WrappedFiles.overheadBytes + 8)
        else {
            let names: [String]
            do { names = try File.names(in: directory) } catch { throw .system(error) }
            guard !names.contains(where: { $0.hasSuffix(".key") }) else {
                throw .leavesMissing(file: path)
            }
            try storeNextLeaf(0, in: directory, &files)
            return 0
        }
        var reader = ByteReader(secret.bytes)
        // Too short or too long: what is thrown says so.
        guard let next = try? reader.read(UInt64.self), reader.remaining == 0,
            next <= KeyNode.leafCount
        else { throw .notAKeyFile(file: path) }
        return next
    }

    private static func storeNextLeaf(
        _ next: UInt64, in directory: String, _ files: inout WrappedFiles
    ) throws(KeyVaultError) {
        var secret = SecretBytes(capacity: 8)
        secret.append(littleEndian: next)
        let file = files.wrap(secret, magic: leafMagic, id: leavesName)
        do {
            try DurableFile.write(file.bytes, to: directory + "/" + leavesName)
        } catch {
            throw .system(error)
        }
    }

    // MARK: Files

    func path(of id: String) throws(KeyVaultError) -> String {
        let isPlain = id.utf8.allSatisfy { byte in
            ASCII.isDigit(byte) || byte == 0x2D || byte == 0x5F
                || (ASCII.lowercased(byte) >= 0x61 && ASCII.lowercased(byte) <= 0x7A)
        }
        guard isPlain, id.utf8.count >= 1, id.utf8.count <= 64 else { throw .invalidID(id) }
        return directory + "/" + id + ".key"
    }

    private mutating func store(
        _ secrets: borrowing OperationSecrets, id: String, _ path: String
    ) throws(KeyVaultError) {
        let file = files.wrap(secrets.encoded(), magic: Self.keyMagic, id: id)
        do {
            try SecretFile.replace(path, with: file.bytes)
        } catch {
            throw .system(error)
        }
    }
}
