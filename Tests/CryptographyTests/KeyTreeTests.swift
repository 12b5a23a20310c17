import Bytes
import TestSupport
import Testing

@testable import Cryptography

@Suite("A key tree")
struct KeyTreeTests {
    private static let root = (0..<32).map { UInt8($0) }

    private func tree() -> KeyTree {
        KeyTree(root: unsafe SymmetricKey(Self.root.span.bytes))
    }

    /// The key of a leaf; nil if it has been forgotten.
    private func key(_ leaf: UInt64, of tree: borrowing KeyTree) -> [UInt8]? {
        var cache = LeafKeyCache()
        var keys = SecretBytes(capacity: LeafKeyCache.storageBytes)
        keys.append(zeros: LeafKeyCache.storageBytes)
        var deriver = KeyDeriver()
        let place = cache.find(leaf, of: tree, with: &deriver, in: &keys, at: 0)
        return place.map { keys.bytes.extracting($0).array }
    }

    /// The key of a node, derived from the root one level at a time.
    private func key(of node: KeyNode) -> [UInt8] {
        var bytes = SecretBytes(capacity: 32)
        unsafe bytes.append(Self.root.span.bytes)
        var deriver = KeyDeriver()
        var span = bytes.mutableBytes
        deriver.descend(from: .root, to: node, in: &span, at: 0)
        return bytes.bytes.array
    }

    @Test("keys are those that openssl enc -aes-256-ecb derives from the documented blocks")
    func vectors() {
        #expect(
            hexadecimal(key(of: KeyNode(level: 1, index: 1)))
                == "be9258da3ed427b49d4ac002375eef559117758b1f4bb9c5d19ccb438fe7ebac")
        #expect(
            key(0x1234_5678_9ABC, of: tree()).map(hexadecimal)
                == "a0e96a7afcf69bcb69879aa02a3fa87d32ea8786bdc99474bbb817767ae7a0c5")
    }

    @Test("a row and its children one by one have the same keys, and all differ")
    func rows() {
        var seen: Set<[UInt8]> = []
        for level in 0..<KeyNode.leafLevel {
            let node = KeyNode(level: level, index: 0)
            var row = SecretBytes(capacity: KeyDeriver.rowBytes)
            unsafe row.append(key(of: node).span.bytes)
            row.append(zeros: KeyDeriver.rowBytes - 32)
            var deriver = KeyDeriver()
            var span = row.mutableBytes
            deriver.deriveRow(of: node, at: 0, in: &span, to: 0)
            for number in 0..<16 {
                let child = row.bytes.extracting(number * 32..<number * 32 + 32).array
                #expect(child == key(of: node.child(number)))
                seen.insert(child)
            }
        }
        #expect(seen.count == 12 * 16)
    }

    @Test("a forgotten leaf is gone, no node leads to it, and every other keeps its key")
    func oneLeaf() {
        for leaf in [0, 1, 15, 16, 0x1234_5678_9ABC, KeyNode.leafCount - 1] {
            var tree = tree()
            let neighbours = [leaf &- 1, leaf ^ 1, leaf ^ 16, leaf ^ 0x8000_0000_0000]
                .filter { $0 < KeyNode.leafCount && $0 != leaf }
            let before = neighbours.map { key($0, of: tree) }
            #expect(tree.forget([leaf..<leaf + 1]) == 1)
            #expect(key(leaf, of: tree) == nil)
            #expect(neighbours.map { key($0, of: tree) } == before)
            #expect(tree.nodeCount == 12 * 15)
            #expect(tree.forgottenLeaves(below: leaf) == 0)
            #expect(tree.forgottenLeaves(below: leaf + 1) == 1)
            let path = (0...KeyNode.leafLevel).map { key(of: KeyNode(level: $0, above: leaf)) }
            for number in 0..<tree.nodeCount {
                #expect(!path.contains(tree.key(number).array))
            }
            #expect(tree.forget([leaf..<leaf + 1]) == 0)
            #expect(tree.nodeCount == 12 * 15)
        }
    }

    @Test("any ranges: what is left is what a set of leaves has left, in whatever order they go")
    func ranges() {
        var random = SeededGenerator.printed()
        for _ in 0..<30 {
            var tree = tree()
            let start = UInt64.random(in: 0...1_000, using: &random) << 20
            var forgotten: Set<UInt64> = []
            for _ in 0..<6 {
                var ranges: [Range<UInt64>] = []
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let first = start + .random(in: 0..<600, using: &random)
                    ranges.append(first..<first + .random(in: 0..<40, using: &random))
                }
                let before = forgotten.count
                for range in ranges { forgotten.formUnion(range) }
                #expect(tree.forget(ranges) == UInt64(forgotten.count - before))
                #expect(tree.forgottenLeaves(below: start + 700) == UInt64(forgotten.count))
            }
            for leaf in start..<start + 700 {
                let expected =
                    forgotten.contains(leaf)
                    ? nil : key(of: KeyNode(level: KeyNode.leafLevel, above: leaf))
                #expect(key(leaf, of: tree) == expected)
            }
        }
    }

    @Test("all leaves forgotten leave no node; those so far leave the ones to come")
    func wholeTree() {
        var all = tree()
        #expect(all.forget([0..<KeyNode.leafCount]) == KeyNode.leafCount)
        #expect(all.nodeCount == 0 && key(5, of: all) == nil)
        var some = tree()
        let next: UInt64 = 3 << 20
        let before = key(next, of: some)
        _ = some.forget([0..<next])
        #expect(key(next - 1, of: some) == nil)
        #expect(key(next, of: some) == before)
        #expect(some.nodeCount <= 7 * 15)
    }

    @Test("the part for new messages derives those and nothing of a node before them")
    func part() {
        var tree = tree()
        _ = tree.forget([5..<6])
        let part = tree.part(from: 1 << 20)
        #expect(part.nodeCount < tree.nodeCount)
        #expect(key(4, of: part) == nil)
        #expect(key(1 << 20, of: part) == key(1 << 20, of: tree))
        #expect(self.tree().part(from: 1 << 40).nodeCount == 1)
    }

    @Test("the cache gives each leaf's key in any order")
    func cache() {
        var random = SeededGenerator.printed()
        var tree = tree()
        _ = tree.forget([40..<41, 300..<330])
        var cache = LeafKeyCache()
        var keys = SecretBytes(capacity: LeafKeyCache.storageBytes)
        keys.append(zeros: 8 + LeafKeyCache.storageBytes)
        var deriver = KeyDeriver()
        for round in UInt64(0)..<2_000 {
            let leaf = round < 1_000 ? round : .random(in: 0..<1_000, using: &random)
            let place = cache.find(leaf, of: tree, with: &deriver, in: &keys, at: 8)
            let isForgotten = leaf == 40 || (300..<330).contains(leaf)
            #expect((place == nil) == isForgotten)
            if let place {
                let expected = key(of: KeyNode(level: KeyNode.leafLevel, above: leaf))
                #expect(keys.bytes.extracting(place).array == expected)
            }
        }
    }

    @Test("nodes are read back in order only, and codes that stand for none are refused")
    func codes() {
        for node in [KeyNode.root, KeyNode(level: 12, index: KeyNode.leafCount - 1)] {
            #expect(KeyNode(code: node.code) == node)
        }
        #expect(KeyNode(code: 13 << 56) == nil)
        #expect(KeyNode(code: 1 << 56 | 16) == nil)
        #expect(KeyNode(code: 1) == nil)
        var tree = KeyTree(capacity: 2)
        let key = Self.root
        let appended = unsafe [
            tree.append(KeyNode(level: 1, index: 3), key.span.bytes),
            tree.append(KeyNode(level: 1, index: 3), key.span.bytes),
            tree.append(KeyNode(level: 2, index: 0x30), key.span.bytes),
            tree.append(KeyNode(level: 1, index: 4), key.span.bytes.extracting(0..<31)),
            tree.append(KeyNode(level: 2, index: 0x40), key.span.bytes),
        ]
        #expect(appended == [true, false, false, false, true])
    }

    @Test("secret bytes keep what they hold where they grow")
    func secretBytes() {
        var secret = SecretBytes(capacity: 0)
        var expected: [UInt8] = []
        for round in UInt8(0)..<100 {
            let more = [UInt8](repeating: round, count: Int(round) % 7)
            unsafe secret.append(more.span.bytes)
            secret.append(littleEndian: UInt16(round))
            expected += more + [round, 0]
        }
        #expect(secret.bytes.array == expected)
        secret.removeAll()
        #expect(secret.count == 0)
    }
}
