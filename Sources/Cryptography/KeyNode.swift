/// A node of a ``KeyTree`` by its place: which level, and the how-manieth of it.
///
/// The tree is 16-ary and has 12 levels below its root, so 2⁴⁸ leaves: at 100,000 entries a second
/// they last for 89 years. To forget a leaf leaves at most 15 siblings on each level in its place,
/// 180 nodes of 40 bytes: 7.2 kB. A binary tree would leave 48 nodes, but each of them costs a
/// call of its own to derive, where here 16 keys are made by one.
package struct KeyNode: Hashable, Sendable, BitwiseCopyable {
    /// Children of a node.
    package static var arity: Int { 16 }
    /// The level of the leaves; the root's is 0.
    package static var leafLevel: Int { 12 }
    /// Leaves of a tree: 0 ..< 2⁴⁸.
    package static var leafCount: UInt64 { 1 << 48 }

    package let level: Int
    /// Among the nodes of its level, from the left, from 0.
    package let index: UInt64

    package static var root: KeyNode { KeyNode(level: 0, index: 0) }

    /// - Precondition: there is such a node.
    package init(level: Int, index: UInt64) {
        precondition((0...Self.leafLevel).contains(level), "a tree has 12 levels below its root")
        precondition(index >> UInt64(4 * level) == 0, "a level has 16 times the nodes of the last")
        self.level = level
        self.index = index
    }

    /// The node of this level that the leaf is below, or is.
    /// - Precondition: `leaf` is less than ``leafCount``.
    package init(level: Int, above leaf: UInt64) {
        precondition(leaf < Self.leafCount, "leaves are 0 to 2^48 - 1")
        self.init(level: level, index: leaf >> Self.leafBits(level))
    }

    /// The leaves below it; a leaf itself.
    package var leaves: Range<UInt64> {
        let bits = Self.leafBits(level)
        return index << bits..<(index + 1) << bits
    }

    /// - Parameter number: 0 to 15.
    package func child(_ number: Int) -> KeyNode {
        KeyNode(level: level + 1, index: index << 4 | UInt64(number))
    }

    /// Whether the other node is below it, or the same.
    package func covers(_ other: KeyNode) -> Bool {
        other.level >= level && other.index >> UInt64(4 * (other.level - level)) == index
    }

    /// As it is stored: the level in the top byte, then the index.
    package var code: UInt64 { UInt64(level) << 56 | index }

    /// The node that is stored so; nil if there is none.
    package init?(code: UInt64) {
        let level = Int(code >> 56)
        let index = code & 0xFF_FFFF_FFFF_FFFF
        guard level <= Self.leafLevel, index >> UInt64(4 * level) == 0 else { return nil }
        self.init(level: level, index: index)
    }

    private static func leafBits(_ level: Int) -> UInt64 { UInt64(4 * (leafLevel - level)) }
}
