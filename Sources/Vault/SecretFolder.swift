internal import Bytes
internal import Cryptography
internal import Files

/// A vault's secrets in a folder, a file each:
///
/// - `ID.key` for each operation: `PORTKEY2`, then what ``KeyWrapper`` makes of
///   ``OperationSecrets`` under the master key, with the id as additional data: a file under
///   another name does not open;
/// - `leaves`: `PORTLEAF`, then, wrapped in the same way for the id `leaves`, ``NextLeaf``. Only an
///   older copy of this file put in its place would repeat some leaves; the journal knows those
///   that it has: ``KeyVault/reserveLeaves(_:from:)``;
/// - `ID.webhook` for each webhook: `PORTHOOK`, then what it signs with, wrapped for the id
///   `ID.webhook`;
/// - `….new` and `….old`, while a file is being replaced: ``SecretFile``.
final class SecretFolder: SecretStore {
    private let directory: String
    private var wrapped: WrappedSecrets

    private static var keySuffix: String { ".key" }

    /// Opens the folder, and finishes what an interrupted call left.
    init(
        _ directory: String, masterKeyPath: String, masterKeyIsGuarded: Bool
    ) throws(KeyVaultError) {
        self.directory = directory
        do {
            try Folder.make(directory)
            try Folder.syncName(of: directory)
            let masterKey = try MasterKey.load(
                masterKeyPath, wrapping: directory, isGuarded: masterKeyIsGuarded)
            try SecretFile.recoverAll(in: directory)
            wrapped = WrappedSecrets(masterKey)
        } catch let error as KeyVaultError {
            throw error
        } catch let error as FileError {
            throw .system(error)
        } catch {
            preconditionFailure("nothing else is thrown here")
        }
    }

    var mayWrite: Bool { true }

    func place(of name: SecretName) -> String {
        switch name {
        case .operation(let id): directory + "/" + id + Self.keySuffix
        case .webhook(let id): directory + "/" + id + KeyVault.webhookSuffix
        case .leaves: directory + "/leaves"
        }
    }

    func names() throws(KeyVaultError) -> [SecretName] {
        let files: [String]
        do { files = try File.names(in: directory) } catch { throw .system(error) }
        return files.compactMap { file in
            if file.hasSuffix(Self.keySuffix) {
                return .operation(String(file.dropLast(Self.keySuffix.utf8.count)))
            }
            guard file.hasSuffix(KeyVault.webhookSuffix) else { return nil }
            return .webhook(String(file.dropLast(KeyVault.webhookSuffix.utf8.count)))
        }
    }

    func read(_ name: SecretName) throws(KeyVaultError) -> SecretBytes? {
        let path = place(of: name)
        guard File.exists(path) else { return nil }
        let maximum = name.maximumBytes + WrappedSecrets.overheadBytes
        var file = ByteBuffer(capacity: 128)
        do {
            let opened = try File.regular(path)
            try opened.read(min(try opened.size(), maximum) + 1, at: 0, into: &file)
        } catch {
            throw .system(error)
        }
        return try wrapped.unwrap(
            file.bytes, magic: name.magic, label: name.label, maximum: name.maximumBytes,
            place: path)
    }

    func create(_ name: SecretName, _ secret: borrowing SecretBytes) throws(KeyVaultError) {
        let path = place(of: name)
        guard !File.exists(path) else { throw .alreadyExists(file: path) }
        try write(name, secret)
    }

    func update(
        _ name: SecretName,
        _ body: (borrowing SecretBytes) throws(KeyVaultError) -> SecretBytes?
    ) throws(KeyVaultError) -> Bool {
        guard let old = try read(name) else { return false }
        if let new = try body(old) {
            try write(name, new)
        } else {
            // An earlier attempt may have got as far as the new contents, and no further.
            do { try SecretFile.recover(place(of: name)) } catch { throw .system(error) }
        }
        return true
    }

    @discardableResult
    func remove(_ name: SecretName) throws(KeyVaultError) -> Bool {
        do {
            return try SecretFile.remove(place(of: name))
        } catch {
            throw .system(error)
        }
    }

    /// Nobody else writes here, so what this process knows is what is stored.
    func raiseNextLeaf(
        from known: UInt64, _ body: (UInt64) throws(KeyVaultError) -> UInt64
    ) throws(KeyVaultError) {
        try write(.leaves, NextLeaf.encoded(try body(known)))
    }

    private func write(
        _ name: SecretName, _ secret: borrowing SecretBytes
    ) throws(KeyVaultError) {
        let file = wrapped.wrap(secret.bytes, magic: name.magic, label: name.label)
        do {
            if name == .leaves {
                try DurableFile.write(file.bytes, to: place(of: name))
            } else {
                try SecretFile.replace(place(of: name), with: file.bytes)
            }
        } catch {
            throw .system(error)
        }
    }
}
