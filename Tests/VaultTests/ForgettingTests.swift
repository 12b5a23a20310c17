import Bytes
import Cryptography
import Files
import Foundation
import TestSupport
import Testing

@testable import Vault

@Suite("Forgetting in the key vault")
struct ForgettingTests {
    let directory = TemporaryDirectory()
    var keys: String { directory.path + "/keys" }
    var path: String { keys + "/op.key" }

    private func vault() throws -> KeyVault {
        try KeyVault(directory: keys, masterKeyPath: directory.path + "/master.key")
    }

    /// What a leaf seals: its number.
    private func seal(_ leaves: Range<UInt64>, _ tree: consuming KeyTree) -> [[UInt8]] {
        var cache = LeafKeyCache()
        var keys = SecretBytes(capacity: LeafKeyCache.storageBytes)
        keys.append(zeros: LeafKeyCache.storageBytes)
        var deriver = KeyDeriver()
        var sealer = Sealer()
        return leaves.map { leaf in
            var text = ByteBuffer(capacity: 8)
            text.append(littleEndian: leaf)
            var sealed = ByteBuffer(capacity: 32)
            if let place = cache.find(leaf, of: tree, with: &deriver, in: &keys, at: 0) {
                sealer.seal(
                    text.bytes, RawSpan(), key: keys.bytes.extracting(place), into: &sealed)
            }
            return sealed.bytes.array
        }
    }

    /// The leaves of which the sealed number does not come back.
    private func unreadable(_ sealed: [[UInt8]], _ tree: consuming KeyTree) throws -> [UInt64] {
        var opener = LeafOpener(tree)
        var plain = ByteBuffer(capacity: 32)
        var unreadable: [UInt64] = []
        for leaf in UInt64(0)..<UInt64(sealed.count) {
            plain.removeAll()
            let message = sealed[Int(leaf)]
            let parts = try unsafe opener.open(message.span.bytes, leaf: leaf, into: &plain)
            guard let parts else {
                unreadable.append(leaf)
                continue
            }
            var reader = ByteReader(plain.bytes.extracting(parts.first))
            #expect(try reader.read(UInt64.self) == leaf)
        }
        return unreadable
    }

    private func tree(_ vault: inout KeyVault) throws -> KeyTree {
        guard let secrets = try vault.load("op") else { throw CocoaError(.fileNoSuchFile) }
        return secrets.takeTree()
    }

    @Test(
        "a thousand of a million: each unreadable, all others readable, under 8 KiB each",
        arguments: VaultPlace.Kind.allCases)
    func million(_ kind: VaultPlace.Kind) throws {
        let count = 1_000_000
        var random = SeededGenerator.printed()
        let place = try VaultPlace(kind)
        var vault = try place.vault()
        _ = try vault.create("op")
        _ = try vault.reserveLeaves(1 << 20)
        let sealed = seal(0..<UInt64(count), try tree(&vault))
        let before = try place.size("op")
        var chosen: Set<UInt64> = []
        while chosen.count < 1_000 {
            chosen.insert(.random(in: 0..<UInt64(count), using: &random))
        }
        let start = ContinuousClock.now
        let forgotten = try vault.forget(chosen.map { $0..<$0 + 1 }, of: "op")
        let duration = ContinuousClock.now - start
        #expect(forgotten == 1_000)
        let growth = try place.size("op") - before
        #expect(growth <= 1_000 * 8 << 10)
        print(
            "\(kind): forgot 1,000 of \(count) entries in \(duration); the vault grew by",
            "\(growth / 1_000) bytes an entry")
        // A process that comes later, or another node, sees the same.
        var again = try place.reader()
        #expect(try unreadable(sealed, try tree(&again)) == chosen.sorted())
        #expect(again.nextLeaf == 1 << 20)
    }

    @Test(
        "one entry alone costs less than 8 KiB, and a range of a million costs as little",
        arguments: VaultPlace.Kind.allCases)
    func growth(_ kind: VaultPlace.Kind) throws {
        let place = try VaultPlace(kind)
        var vault = try place.vault()
        _ = try vault.create("op")
        _ = try vault.reserveLeaves(1 << 20)
        let before = try place.size("op")
        _ = try vault.forget([777_777..<777_778], of: "op")
        let one = try place.size("op")
        #expect(one - before == 179 * 40)
        _ = try vault.forget([0..<1 << 20], of: "op")
        #expect(try place.size("op") < one)
    }

    @Test(
        "neither the old secrets nor a node above a forgotten leaf is anywhere in the vault",
        arguments: VaultPlace.Kind.allCases)
    func rawSearch(_ kind: VaultPlace.Kind) throws {
        let leaf: UInt64 = 123_456
        let place = try VaultPlace(kind)
        var vault = try place.vault()
        _ = try vault.create("op")
        _ = try vault.reserveLeaves(1 << 20)
        let old = try place.stored(.operation("op"))
        let nodes = pathKeys(to: leaf, try tree(&vault))
        #expect(try vault.forget([leaf..<leaf + 1], of: "op") == 1)
        #expect(try place.names() == [kind == .folder ? "op.key" : "keys/op"])
        for bytes in try place.readable() {
            let file = Data(bytes)
            // Behind the eight bytes that say what kind of secret it is.
            for start in stride(from: 8, to: old.count - 16, by: 8) {
                #expect(file.range(of: Data(old[start..<start + 16])) == nil)
            }
            for node in nodes { #expect(file.range(of: Data(node)) == nil) }
        }
        // Nor under the wrapping.
        guard let secrets = try vault.load("op") else { throw CocoaError(.fileNoSuchFile) }
        let plain = Data(secrets.encoded().bytes.array)
        for node in nodes { #expect(plain.range(of: Data(node)) == nil) }
        #expect(nodes.count == 13)
    }

    private func pathKeys(to leaf: UInt64, _ tree: consuming KeyTree) -> [[UInt8]] {
        var deriver = KeyDeriver()
        return (0...KeyNode.leafLevel).map { level in
            var key = SecretBytes(capacity: 32)
            key.append(tree.key(0))
            var span = key.mutableBytes
            deriver.descend(
                from: .root, to: KeyNode(level: level, above: leaf), in: &span, at: 0)
            return key.bytes.array
        }
    }

    @Test("what a crash leaves at any step is put right, and only the old or the new is in force")
    func interrupted() throws {
        var vault = try vault()
        _ = try vault.create("op")
        _ = try vault.reserveLeaves(1 << 20)
        let old = try contents(path)
        _ = try vault.forget([7..<8], of: "op")
        let new = try contents(path)
        // The name of the file, what it holds, and whether it is a second name of `op.key`.
        let half = Array(new.prefix(new.count / 2))
        let overwritten = [UInt8](repeating: 0x5A, count: 16) + old.dropFirst(16)
        let states: [(op: [UInt8], new: [UInt8]?, old: [UInt8]?, isLinked: Bool)] = [
            (old, [], nil, false), (old, half, nil, false), (old, new, nil, false),
            (old, new, nil, true), (new, nil, old, false), (new, nil, overwritten, false),
        ]
        for state in states {
            try replace(path, state.op)
            if let bytes = state.new { try replace(path + ".new", bytes) }
            if let bytes = state.old { try replace(path + ".old", bytes) }
            if state.isLinked {
                try FileManager.default.linkItem(atPath: path, toPath: path + ".old")
            }
            var opened = try self.vault()
            #expect(try File.names(in: keys) == ["leaves", "op.key"])
            let isForgotten = try tree(&opened).number(above: 7) == nil
            #expect(isForgotten == (state.op == new))
            #expect(try opened.forget([7..<8], of: "op") == (isForgotten ? 0 : 1))
        }
        // Where the file itself was taken away, what is left is not touched.
        try File.remove(path)
        try replace(path + ".old", old)
        _ = try self.vault()
        #expect(try contents(path + ".old") == old)
    }

    @Test(
        "leaves are given out once, over restarts and operations, and only those are forgotten",
        arguments: VaultPlace.Kind.allCases)
    func leaves(_ kind: VaultPlace.Kind) throws {
        let place = try VaultPlace(kind)
        var given: [Range<UInt64>] = []
        for round in 0..<3 {
            var vault = try place.vault()
            given.append(try vault.reserveLeaves(1 << 10))
            given.append(try vault.reserveLeaves(1 << 4))
            _ = try vault.create("op\(round)")
            _ = try vault.destroy("op\(round)")
        }
        for (earlier, later) in zip(given, given.dropFirst()) {
            #expect(earlier.upperBound <= later.lowerBound)
        }
        var vault = try place.vault()
        let above = try vault.reserveLeaves(1 << 20, from: 5 << 20 | 1)
        #expect(above == 6 << 20..<7 << 20)
        _ = try vault.create("op")
        #expect(throws: KeyVaultError.leafNotGivenOut(7 << 20, next: 7 << 20)) {
            try vault.forget([0..<7 << 20 | 1], of: "op")
        }
        #expect(try vault.forget([0..<7 << 20], of: "op") == 7 << 20)
        #expect(try vault.forget([0..<1], of: "none") == nil)
        #expect(throws: KeyVaultError.leavesExhausted) {
            try vault.reserveLeaves(1 << 20, from: (1 << 48) - 5)
        }
        #expect(vault.nextLeaf == 7 << 20)
    }

    @Test(
        "without the record of leaves, or with a changed one, there is no vault",
        arguments: VaultPlace.Kind.allCases)
    func damagedLeaves(_ kind: VaultPlace.Kind) throws {
        let place = try VaultPlace(kind)
        do {
            var vault = try place.vault()
            _ = try vault.create("op")
        }
        let leaves = place.place(.leaves)
        let good = try place.stored(.leaves)
        for index in good.indices {
            var changed = good
            changed[index] ^= 1
            try place.store(.leaves, changed)
            let expected: KeyVaultError =
                index < 8 ? .notAKeyFile(file: leaves) : .cannotUnwrap(file: leaves)
            #expect(throws: expected) { _ = try place.vault() }
        }
        try place.store(.leaves, nil)
        #expect(throws: KeyVaultError.leavesMissing(file: leaves)) { _ = try place.vault() }
        try place.store(.leaves, good)
        _ = try place.vault()
    }
}
