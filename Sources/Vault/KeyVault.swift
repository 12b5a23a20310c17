internal import Bytes
package import Cryptography
internal import Files
internal import Glibc

/// The operations' data keys, each in a file of its own, wrapped by a master key.
///
/// What a participant gave is sealed in the log with its operation's key. Destroying the key
/// destroys the data in every copy of the log (C19), as long as copies of the keys' directory
/// are not kept longer than the data may be.
///
/// A key's file is `PORTKEY1`, then what ``Sealer`` makes of the 32 bytes under the master key,
/// with the key's id as additional data: a file under another name does not open. The master
/// key's file is 64 hexadecimal digits and a line feed, so that a secret store can deliver it.
package struct KeyVault: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: it has one owner, as have the contexts in it.

    private let directory: String
    private let masterKey: SealingKey
    private var sealer = Sealer()
    private var opener = Opener()

    private static var magic: StaticString { "PORTKEY1" }
    private static var magicBytes: Int { 8 }
    static var fileBytes: Int { 8 + SymmetricKey.byteCount + SealedFormat.overheadBytes }

    /// - Parameters:
    ///   - directory: created if it does not exist; its parent must.
    ///   - masterKeyPath: created with a random key, mode 0600, if neither it nor any data key
    ///     exists. It may be a symbolic link.
    ///   - masterKeyIsGuarded: whoever made its directory sees to who may read it, and it is for
    ///     reading only. Its mode is not looked at: that of a credential of systemd shows the mask
    ///     of an access list where one would look for the group.
    package init(
        directory: String, masterKeyPath: String, masterKeyIsGuarded: Bool = false
    ) throws(KeyVaultError) {
        let masterKey: SealingKey
        do {
            try Folder.make(directory)
            try Folder.syncName(of: directory)
            masterKey = try Self.loadMasterKey(
                masterKeyPath, keys: directory, isGuarded: masterKeyIsGuarded)
        } catch let error as KeyVaultError {
            throw error
        } catch let error as FileError {
            throw .system(error)
        } catch {
            preconditionFailure("nothing else is thrown here")
        }
        self.directory = directory
        self.masterKey = masterKey
    }

    // MARK: Keys

    /// Makes a key and stores it durably before giving it out.
    /// - Parameter id: 1 to 64 letters, digits, `-` and `_`; files are named by it.
    package mutating func create(_ id: String) throws(KeyVaultError) -> SealingKey {
        let path = try path(of: id)
        guard !File.exists(path) else { throw .alreadyExists(file: path) }
        let key = SealingKey(.random())
        var file = ByteBuffer(capacity: Self.fileBytes)
        file.append(Self.magic)
        wrap(key, id: id, into: &file)
        do {
            try DurableFile.write(file.bytes, to: path)
        } catch {
            throw .system(error)
        }
        return key
    }

    /// The key of this id; nil if it was never made, or has been destroyed.
    package mutating func load(_ id: String) throws(KeyVaultError) -> SealingKey? {
        let path = try path(of: id)
        guard File.exists(path) else { return nil }
        var file = ByteBuffer(capacity: Self.fileBytes)
        do {
            let opened = try File(path, O_RDONLY)
            try opened.read(Self.fileBytes + 1, at: 0, into: &file)
        } catch {
            throw .system(error)
        }
        guard file.count == Self.fileBytes,
            file.bytes.extracting(0..<Self.magicBytes).equals(Self.magic)
        else { throw .notAKeyFile(file: path) }
        var plain = ByteBuffer(capacity: 64)
        let label = Array(id.utf8)
        do {
            let parts = try unsafe opener.open(
                file.bytes.extracting(Self.magicBytes..<file.count), key: masterKey,
                additional: label.span.bytes, into: &plain)
            guard parts.first.count == SymmetricKey.byteCount else {
                throw KeyVaultError.notAKeyFile(file: path)
            }
            let key = SealingKey(SymmetricKey(plain.bytes.extracting(parts.first)))
            wipe(&plain)
            return key
        } catch let error as KeyVaultError {
            throw error
        } catch {
            throw .cannotUnwrap(file: path)
        }
    }

    /// Destroys the key for good. On return its file is gone from stable storage.
    ///
    /// The file is overwritten first. A disk may still keep the old blocks somewhere out of reach;
    /// what is in them is of use only together with the master key.
    /// - Returns: false if there was none.
    @discardableResult
    package mutating func destroy(_ id: String) throws(KeyVaultError) -> Bool {
        let path = try path(of: id)
        guard File.exists(path) else { return false }
        var noise = ByteBuffer(capacity: Self.fileBytes)
        Random.append(Self.fileBytes, to: &noise)
        do {
            let file = try File(path, O_WRONLY)
            try file.write(noise.bytes, at: 0)
            try file.sync()
            try File.remove(path)
            try Folder.sync(directory)
        } catch {
            throw .system(error)
        }
        return true
    }

    // MARK: Files

    private func path(of id: String) throws(KeyVaultError) -> String {
        let isPlain = id.utf8.allSatisfy { byte in
            ASCII.isDigit(byte) || byte == 0x2D || byte == 0x5F
                || (ASCII.lowercased(byte) >= 0x61 && ASCII.lowercased(byte) <= 0x7A)
        }
        guard isPlain, id.utf8.count >= 1, id.utf8.count <= 64 else { throw .invalidID(id) }
        return directory + "/" + id + ".key"
    }

    private mutating func wrap(_ key: SealingKey, id: String, into file: inout ByteBuffer) {
        var plain = ByteBuffer(capacity: SymmetricKey.byteCount)
        key.withBytes { plain.append($0) }
        let label = Array(id.utf8)
        unsafe sealer.seal(
            plain.bytes, RawSpan(), key: masterKey, additional: label.span.bytes, into: &file)
        wipe(&plain)
    }

    private static func loadMasterKey(
        _ path: String, keys directory: String, isGuarded: Bool
    ) throws -> SealingKey {
        if !isGuarded, !File.exists(path) {
            guard try !File.names(in: directory).contains(where: { $0.hasSuffix(".key") }) else {
                throw KeyVaultError.masterKeyMissing(file: path)
            }
            try createMasterKey(path)
        }
        let file = try File(path, O_RDONLY)
        let status = try file.status()
        guard isGuarded || status.st_mode & 0o077 == 0 else {
            throw KeyVaultError.masterKeyOpenToOthers(file: path, mode: status.st_mode & 0o777)
        }
        var text = ByteBuffer(capacity: 128)
        try file.read(128, at: 0, into: &text)
        defer { wipe(&text) }
        let digits = text.count == 65 && text.bytes[64] == ASCII.lineFeed ? 64 : text.count
        var key = ByteBuffer(capacity: SymmetricKey.byteCount)
        defer { wipe(&key) }
        guard digits == 64, key.append(decodingHexadecimal: text.bytes.extracting(0..<digits))
        else { throw KeyVaultError.masterKeyMalformed(file: path) }
        return SealingKey(SymmetricKey(key.bytes))
    }

    private static func createMasterKey(_ path: String) throws(FileError) {
        var text = ByteBuffer(capacity: 128)
        text.append(hexadecimal: SymmetricKey.random().bytes)
        text.append(ASCII.lineFeed)
        try DurableFile.write(text.bytes, to: path)
        wipe(&text)
    }
}

/// Overwrites what is held before the memory is given back.
private func wipe(_ buffer: inout ByteBuffer) {
    var bytes = buffer.mutableBytes
    Random.fill(&bytes)
}
