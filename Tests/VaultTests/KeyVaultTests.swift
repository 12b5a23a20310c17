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

    func error(_ body: () throws -> Void) -> KeyVaultError? {
        do {
            try body()
            return nil
        } catch {
            return error as? KeyVaultError
        }
    }

    func mode(_ path: String) throws -> UInt32 { try File(path, O_RDONLY).status().st_mode & 0o777 }

    @Test("a key comes back after a restart, and is not in its file")
    func roundTrip() throws {
        var first = try vault()
        let made = secret(try first.create("op_1-A"))
        let other = secret(try first.create("op_2"))
        #expect(made != other)
        #expect(secret(try first.load("op_1-A")) == made)
        var second = try vault()
        #expect(secret(try second.load("op_1-A")) == made)
        #expect(secret(try second.load("op_2")) == other)
        #expect(secret(try second.load("op_3")) == nil)
        let file = try contents(keys + "/op_1-A.key")
        #expect(file.count == WrappedFiles.overheadBytes + 36 + 40)
        let start = Array(made?.prefix(8) ?? [])
        let isThere = (0...(file.count - 8)).contains { Array(file[$0..<($0 + 8)]) == start }
        #expect(!isThere)
        #expect(try mode(master) == 0o600)
        #expect(try mode(keys + "/op_1-A.key") == 0o600)
        #expect(try mode(keys) == 0o700)
        #expect(try contents(master).count == 65)
    }

    @Test("a destroyed key is gone, and may be destroyed again")
    func destroyed() throws {
        var vault = try vault()
        _ = try vault.create("op")
        let wasThere = try vault.destroy("op")
        #expect(wasThere)
        #expect(secret(try vault.load("op")) == nil)
        #expect(try File.names(in: keys) == ["leaves"])
        let again = try vault.destroy("op")
        #expect(!again)
    }

    @Test("an id is used once, and is no path")
    func ids() throws {
        var vault = try vault()
        _ = try vault.create("op")
        #expect(
            error { _ = try vault.create("op") } == .alreadyExists(file: keys + "/op.key"))
        for id in ["", "../op", "a/b", "a.b", "é", String(repeating: "a", count: 65), "a\0"] {
            #expect(error { _ = try vault.load(id) } == .invalidID(id))
            #expect(error { _ = try vault.create(id) } == .invalidID(id))
            #expect(error { try vault.destroy(id) } == .invalidID(id))
        }
    }

    @Test("a changed, cut or renamed key file, and another master key, are told apart from none")
    func damaged() throws {
        var vault = try vault()
        _ = try vault.create("op")
        let path = keys + "/op.key"
        let good = try contents(path)
        for index in good.indices {
            var changed = good
            changed[index] ^= 4
            try replace(path, changed)
            let expected: KeyVaultError =
                index < 8 ? .notAKeyFile(file: path) : .cannotUnwrap(file: path)
            #expect(error { _ = try vault.load("op") } == expected)
        }
        for changed in [Array(good.dropLast()), good + [0]] {
            try replace(path, changed)
            #expect(error { _ = try vault.load("op") } == .cannotUnwrap(file: path))
        }
        for changed in [Array(good.prefix(20)), []] {
            try replace(path, changed)
            #expect(error { _ = try vault.load("op") } == .notAKeyFile(file: path))
        }
        try replace(keys + "/oq.key", good)
        #expect(
            error { _ = try vault.load("oq") } == .cannotUnwrap(file: keys + "/oq.key"))
        try replace(path, good)
        #expect(secret(try vault.load("op")) != nil)
        try replace(master, Array((String(repeating: "0", count: 64) + "\n").utf8))
        #expect(error { _ = try self.vault() } == .cannotUnwrap(file: keys + "/leaves"))
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
