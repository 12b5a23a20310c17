import Bytes
import Cryptography
import Files
import Glibc
import TestSupport
import Testing

@testable import Vault

@Suite("The key vault")
struct KeyVaultTests {
    let directory = TemporaryDirectory()
    var keys: String { directory.path + "/keys" }
    var master: String { directory.path + "/master.key" }

    func vault() throws(KeyVaultError) -> KeyVault {
        try KeyVault(directory: keys, masterKeyPath: master)
    }

    func secret(_ secrets: consuming OperationSecrets?) -> [UInt8]? {
        secrets?.encoded().bytes.array
    }

    func error(_ body: () throws -> Void) -> KeyVaultError? { vaultError(body) }

    func mode(_ path: String) throws -> UInt32 { try File(path, O_RDONLY).status().st_mode & 0o777 }

    @Test(
        "a key comes back after a restart, and is not in its file",
        arguments: VaultPlace.Kind.allCases)
    func roundTrip(_ kind: VaultPlace.Kind) throws {
        let place = try VaultPlace(kind)
        var first = try place.vault()
        let made = secret(try first.create("op_1-A"))
        let other = secret(try first.create("op_2"))
        #expect(made != other)
        #expect(secret(try first.load("op_1-A")) == made)
        var second = try place.reader()
        #expect(secret(try second.load("op_1-A")) == made)
        #expect(secret(try second.load("op_2")) == other)
        #expect(secret(try second.load("op_3")) == nil)
        let stored = try place.stored(.operation("op_1-A"))
        #expect(stored.count == WrappedSecrets.overheadBytes + 36 + 40)
        let start = Array(made?.prefix(8) ?? [])
        let isThere = (0...(stored.count - 8)).contains { Array(stored[$0..<($0 + 8)]) == start }
        #expect(!isThere)
    }

    @Test("files of secrets are their owner's alone")
    func modes() throws {
        var vault = try vault()
        _ = try vault.create("op")
        #expect(try mode(master) == 0o600)
        #expect(try mode(keys + "/op.key") == 0o600)
        #expect(try mode(keys) == 0o700)
        #expect(try contents(master).count == 65)
    }

    @Test(
        "a destroyed key is gone, and may be destroyed again", arguments: VaultPlace.Kind.allCases)
    func destroyed(_ kind: VaultPlace.Kind) throws {
        let place = try VaultPlace(kind)
        var vault = try place.vault()
        _ = try vault.create("op")
        let old = try place.stored(.operation("op"))
        let wasThere = try vault.destroy("op")
        #expect(wasThere)
        #expect(secret(try vault.load("op")) == nil)
        #expect(try place.names() == [])
        #expect(try !place.readable().contains(old))
        let again = try vault.destroy("op")
        #expect(!again)
    }

    @Test("an id is used once, and is no path", arguments: VaultPlace.Kind.allCases)
    func ids(_ kind: VaultPlace.Kind) throws {
        let place = try VaultPlace(kind)
        var vault = try place.vault()
        _ = try vault.create("op")
        #expect(
            error { _ = try vault.create("op") }
                == .alreadyExists(file: place.place(.operation("op"))))
        for id in ["", "../op", "a/b", "a.b", "é", String(repeating: "a", count: 65), "a\0"] {
            #expect(error { _ = try vault.load(id) } == .invalidID(id))
            #expect(error { _ = try vault.create(id) } == .invalidID(id))
            #expect(error { try vault.destroy(id) } == .invalidID(id))
        }
    }

    @Test(
        "a changed, cut or renamed key, and another master key, are told apart from none",
        arguments: VaultPlace.Kind.allCases)
    func damaged(_ kind: VaultPlace.Kind) throws {
        let place = try VaultPlace(kind)
        var vault = try place.vault()
        _ = try vault.create("op")
        let name = SecretName.operation("op")
        let path = place.place(name)
        let good = try place.stored(name)
        for index in good.indices {
            var changed = good
            changed[index] ^= 4
            try place.store(name, changed)
            let expected: KeyVaultError =
                index < 8 ? .notAKeyFile(file: path) : .cannotUnwrap(file: path)
            #expect(error { _ = try vault.load("op") } == expected)
        }
        for changed in [Array(good.dropLast()), good + [0]] {
            try place.store(name, changed)
            #expect(error { _ = try vault.load("op") } == .cannotUnwrap(file: path))
        }
        for changed in [Array(good.prefix(20)), []] {
            try place.store(name, changed)
            #expect(error { _ = try vault.load("op") } == .notAKeyFile(file: path))
        }
        let other = SecretName.operation("oq")
        try place.store(other, good)
        #expect(error { _ = try vault.load("oq") } == .cannotUnwrap(file: place.place(other)))
        try place.store(name, good)
        #expect(secret(try vault.load("op")) != nil)
        try replace(place.master, Array((String(repeating: "0", count: 64) + "\n").utf8))
        let expected: KeyVaultError =
            kind == .folder
            ? .cannotUnwrap(file: place.place(.leaves)) : .foreignMasterKey(file: place.master)
        #expect(error { _ = try place.vault() } == expected)
        #expect(error { _ = try place.reader() } == expected)
    }

    @Test("the master key is refused when missing, malformed or open to others")
    func masterKey() throws {
        do {
            var vault = try vault()
            _ = try vault.create("op")
        }
        let good = try contents(master)
        let malformed: [[UInt8]] = [
            [], Array(good.dropLast(2)), good + good, Array("x".utf8) + good.dropFirst(),
        ]
        for changed in malformed {
            try replace(master, changed)
            #expect(error { _ = try self.vault() } == .masterKeyMalformed(file: master))
        }
        // As editors and secret stores leave it.
        let digits = Array(good.dropLast())
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        for same in [digits, digits + [0x0D, 0x0A], good + [0x0A], mark + digits + [0x0D, 0x0A]] {
            try replace(master, same)
            _ = try vault()
        }
        for mode: UInt32 in [0o640, 0o604, 0o620] {
            #expect(unsafe chmod(master, mode) == 0)
            #expect(
                error { _ = try self.vault() }
                    == .masterKeyOpenToOthers(file: master, mode: mode))
            // Where others guard it, its mode says nothing; and none is made in its place.
            _ = try KeyVault(directory: keys, masterKeyPath: master, masterKeyIsGuarded: true)
        }
        try File.remove(master)
        #expect(error { _ = try self.vault() } == .masterKeyMissing(file: master))
        #expect(error { _ = try self.vault() }?.description.contains(master) == true)
    }
}
