import Bytes
import Cluster
import ClusterTesting
import Cryptography
import Files
import Glibc
import TestSupport
import Testing

@testable import Vault

@Suite("A vault in the key space of a cluster")
struct SecretSpaceTests {
    private func leaves(_ numbers: some Sequence<UInt64>) -> [Range<UInt64>] {
        numbers.map { $0..<$0 + 1 }
    }

    private func isReadable(_ leaf: UInt64, _ vault: inout KeyVault) throws -> Bool {
        guard let secrets = try vault.load("op") else { return false }
        return secrets.tree.number(above: leaf) != nil
    }

    /// A vault with an operation of which so many leaves, far from each other, are forgotten.
    private func vault(in place: VaultPlace, forgetting count: UInt64) throws -> KeyVault {
        var vault = try place.vault()
        _ = try vault.create("op")
        _ = try vault.reserveLeaves(1 << 20)
        let forgotten = try vault.forget(leaves((0..<count).map { $0 * 1_000 }), of: "op")
        #expect(forgotten == count)
        return vault
    }

    @Test("a large tree is in pages, of which one that is forgotten replaces the one that it is in")
    func pages() throws {
        let place = try VaultPlace(.space)
        var vault = try vault(in: place, forgetting: 800)
        let before = Set(place.engine.keys.filter { $0.hasPrefix("pages/op/") })
        #expect(before.count > 15)
        let limit = WrappedSecrets.overheadBytes + PageTable.pageBytes
        for key in before { #expect((place.engine[key]?.count ?? 0) <= limit) }
        #expect(try vault.forget(leaves([100_500]), of: "op") == 1)
        let after = Set(place.engine.keys.filter { $0.hasPrefix("pages/op/") })
        #expect(after.count - after.intersection(before).count <= 2)
        #expect(before.count - after.intersection(before).count == 1)
        var reader = try place.reader()
        for leaf: UInt64 in [0, 1, 999, 1_000, 100_499, 100_500, 100_501, 199_000, 199_001] {
            let isForgotten = leaf % 1_000 == 0 || leaf == 100_500
            #expect(try isReadable(leaf, &reader) == !isForgotten)
        }
        // A range of nearly all leaves a tree that fits one value again.
        _ = try vault.forget([0..<800_000], of: "op")
        #expect(try place.names() == ["keys/op"])
        #expect(try isReadable(800_000, &reader))
    }

    @Test("nodes with one master key hash addresses by one key, which another's is not")
    func originKeys() throws {
        let directory = TemporaryDirectory()
        func key(_ digit: String, in name: String) throws -> UInt64 {
            let path = directory.path + "/" + name
            try replace(path, Array((String(repeating: digit, count: 64) + "\n").utf8))
            let isOwn = unsafe chmod(path, 0o600) == 0
            try #require(isOwn)
            return try KeyVault.originKey(ofCluster: path, masterKeyIsGuarded: false)
        }
        let own = try key("5", in: "a")
        #expect(try key("5", in: "b") == own)
        #expect(try key("6", in: "c") != own)
        let missing = directory.path + "/none"
        #expect(throws: KeyVaultError.clusterMasterKeyMissing(file: missing)) {
            try KeyVault.originKey(ofCluster: missing, masterKeyIsGuarded: false)
        }
    }

    @Test("pages stay within their number, however ranges are forgotten")
    func plan() throws {
        var random = SeededGenerator.printed()
        var tree = KeyTree(root: .random())
        let identity = SymmetricKey.random()
        var table: PageTable?
        var old: [UInt8] = []
        for _ in 0..<60 {
            let start = UInt64.random(in: 0..<1 << 20, using: &random)
            let length: UInt64 = [1, 1, 1, 64, 1_024].randomElement(using: &random) ?? 1
            _ = tree.forget((0..<20).map { start + $0 * 977..<start + $0 * 977 + length })
            let new = Self.encoded(&tree, identity)
            table = try advance(from: old, to: new, table)
            old = new
        }
        #expect((table?.pages.count ?? 0) > 20)
        _ = tree.forget([0..<1 << 21])
        let small = try advance(from: old, to: Self.encoded(&tree, identity), table)
        #expect(small.pages.count == 1)
    }

    private static func encoded(_ tree: inout KeyTree, _ identity: borrowing SymmetricKey)
        -> [UInt8]
    {
        let part = tree.part(from: 0)
        let secrets = OperationSecrets(identity: identity.copy(), tree: part)
        return Array(secrets.encoded().bytes.array.dropFirst(OperationSecrets.headBytes))
    }

    /// Checks that a plan's parts are the new tree, in order, and makes the table of them.
    private func advance(
        from old: [UInt8], to new: [UInt8], _ table: PageTable?
    ) throws -> PageTable {
        let plan = new.withBytes { new in
            old.withBytes { old in PagePlan(new, over: old, in: table) }
        }
        var next = PageTable()
        var place = 0
        for part in plan.parts {
            switch part {
            case .kept(let page):
                #expect(table?.pages.contains(page) == true)
                next.pages.append(page)
                place += page.nodes
            case .new(let places):
                #expect(places.lowerBound == place && places.count <= PageTable.pageNodes)
                let first = new.withBytes { PagePlan.firstLeaf(place, in: $0) }
                next.pages.append(
                    PageTable.Page(
                        number: .random(in: 0 ... .max), firstLeaf: first, nodes: places.count))
                place = places.upperBound
            }
        }
        #expect(place == new.count / OperationSecrets.nodeBytes)
        #expect(next.nodes == place)
        #expect(next.pages.count <= 2 * (place / PageTable.pageNodes + 1) + 8)
        let identity = SymmetricKey.random()
        let secret = next.encoded(identity: identity.bytes)
        let decoded = PageTable.decode(secret)
        #expect(decoded == next)
        return next
    }

    @Test("the secrets of all operations come with one call, and are those that count")
    func readsAhead() throws {
        let place = try VaultPlace(.space)
        var vault = try place.vault()
        for number in 0..<20 { _ = try vault.create("op-\(number)") }
        let space = MortalSpace(place.space(.reader))
        var reader = try place.vault(in: space)
        try reader.readAhead()
        // Not one more call reaches the engine.
        space.end(after: 0)
        for number in 0..<20 {
            let isThere = try reader.load("op-\(number)") != nil
            #expect(isThere)
        }
        #expect(!space.isDead)
        reader.endReadingAhead()
        #expect(throws: KeyVaultError.self) { _ = try reader.load("op-1") }
    }

    @Test("a tree that is replaced behind a reading ahead is the new one")
    func readsAheadOfReplacements() throws {
        let place = try VaultPlace(.space)
        var vault = try vault(in: place, forgetting: 200)
        var reader = try place.reader()
        try reader.readAhead()
        _ = try vault.forget(leaves([500, 7_500]), of: "op")
        #expect(try isReadable(500, &reader) == false)
        #expect(try isReadable(501, &reader))
    }

    @Test("who reads while pages are replaced sees the new tree, not half of one")
    func readsWhileReplaced() throws {
        let place = try VaultPlace(.space)
        var vault = try vault(in: place, forgetting: 200)
        let space = MortalSpace(place.space(.reader))
        var reader = try place.vault(in: space)
        space.beforeValues = { _ = try vault.forget(self.leaves([500, 7_500]), of: "op") }
        #expect(try isReadable(500, &reader) == false)
        #expect(space.beforeValues == nil)
        #expect(try isReadable(501, &reader))
        // A page that is really gone is no reason to ask for ever.
        let page = try #require(place.engine.keys.first { $0.hasPrefix("pages/") })
        place.engine[page] = nil
        let name = place.place(.operation("op"))
        #expect(vaultError { _ = try reader.load("op") } == .notAKeyFile(file: name))
    }

    @Test("a process that ends at any call leaves the old tree or the new one, and no old page")
    func endsAtEachCall() throws {
        let chosen: [UInt64] = [500, 7_500, 13_500]
        var (old, new, calls) = (0, 0, 0)
        for isLastCarriedOut in [false, true] {
            var isDone = false
            for count in 0..<100 where !isDone {
                let place = try VaultPlace(.space)
                _ = try self.vault(in: place, forgetting: 200)
                let space = MortalSpace(
                    place.space(.owner(try VaultPlace.owner(1))),
                    isLastCarriedOut: isLastCarriedOut)
                var vault = try place.vault(in: space)
                space.end(after: count)
                isDone = vaultError { _ = try vault.forget(leaves(chosen), of: "op") } == nil
                calls = max(calls, count)
                try place.claim(2)
                var next = try place.vault(term: 2)
                let isForgotten = try chosen.map { try !isReadable($0, &next) }
                #expect(Set(isForgotten).count == 1, "ended at call \(count)")
                if isForgotten[0] { new += 1 } else { old += 1 }
                #expect(isForgotten[0] || !isDone)
                let again = try next.forget(leaves(chosen), of: "op")
                #expect(again == (isForgotten[0] ? 0 : 3))
                try expectNothing(of: chosen + (0..<200).map { $0 * 1_000 }, place)
                #expect(try isReadable(501, &next))
            }
            #expect(isDone)
        }
        #expect(old > 4 && new > 4 && calls > 5, "\(old) old, \(new) new, \(calls) calls")
    }

    private func expectNothing(of leaves: [UInt64], _ place: VaultPlace) throws {
        var probe = try TreeProbe(place)
        let leaks = try probe.leaks(["op": leaves], destroyed: [], in: place.engine)
        #expect(leaks == [])
    }

    @Test("that nothing is left is seen: an engine that compacts nothing still has it")
    func seesWhatIsLeft() throws {
        let place = try VaultPlace(.space, flaws: .noCompaction)
        _ = try vault(in: place, forgetting: 3)
        var probe = try TreeProbe(place)
        let leaks = try probe.leaks(["op": [0]], destroyed: [], in: place.engine)
        #expect(leaks == ["keys/op opens leaf 0"])
    }

    @Test("a deposed leader changes nothing, whatever it tries", arguments: [true, false])
    func deposed(comparesOwner: Bool) throws {
        let place = try VaultPlace(.space, flaws: comparesOwner ? [] : .noOwnerCompare)
        var vault = try vault(in: place, forgetting: 3)
        _ = try vault.createWebhookSecret("wh", length: 32)
        let before = place.engine.keys.map { place.engine[$0] }
        try place.claim(2)
        let expected = KeyVaultError.cluster(.notOwner("n2 leads since term 2"))
        let found = [
            vaultError { _ = try vault.create("new") },
            vaultError { _ = try vault.forget(leaves([5]), of: "op") },
            vaultError { _ = try vault.destroy("op") },
            vaultError { _ = try vault.reserveLeaves(1 << 10) },
            vaultError { _ = try vault.createWebhookSecret("other", length: 32) },
            vaultError { try vault.destroyWebhookSecret("wh") },
        ]
        let isUnchanged = place.engine.keys.map { place.engine[$0] } == before
        if comparesOwner {
            #expect(found == Array(repeating: expected, count: 6) && isUnchanged)
        } else {
            // Without the compare it is seen.
            #expect(found == Array(repeating: nil, count: 6) && !isUnchanged)
        }
    }

    @Test("a node that follows reads, and changes nothing")
    func readers() throws {
        let place = try VaultPlace(.space)
        var early = try place.reader()
        #expect(early.nextLeaf == 0 && place.engine.keys.isEmpty)
        var vault = try vault(in: place, forgetting: 3)
        #expect(try isReadable(1, &early))
        #expect(try !isReadable(1_000, &early))
        let expected = KeyVaultError.cluster(.notOwner("it follows"))
        #expect(vaultError { _ = try early.create("new") } == expected)
        #expect(vaultError { _ = try early.destroy("op") } == expected)
        #expect(vaultError { _ = try early.reserveLeaves(1) } == expected)
        #expect(try vault.destroy("op"))
        #expect(try !isReadable(1, &early))
    }

    @Test("without the cluster's master key there is no vault, and none is made")
    func masterKeys() throws {
        let place = try VaultPlace(.space)
        _ = try place.vault()
        try File.remove(place.master)
        #expect(
            vaultError { _ = try place.vault() } == .clusterMasterKeyMissing(file: place.master))
        #expect(!File.exists(place.master))
        try replace(place.master, Array(String(repeating: "7", count: 64).utf8))
        #expect(unsafe chmod(place.master, 0o600) == 0)
        let foreign = KeyVaultError.foreignMasterKey(file: place.master)
        #expect(vaultError { _ = try place.vault() } == foreign)
        #expect(vaultError { _ = try place.reader() } == foreign)
        // Where the check value is lost, what it was made for tells.
        place.engine["master"] = nil
        #expect(
            vaultError { _ = try place.vault() } == .cannotUnwrap(file: place.place(.leaves)))
        #expect(place.engine["master"] == nil)
    }
}
