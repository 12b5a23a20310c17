/// The keys of up to 2⁴⁸ messages of which any can be forgotten for good, while all others stay: a
/// set of nodes from which the keys of all leaves below them follow (``KeyDeriver``).
///
/// At first it is the root alone. To forget a leaf, the node above it is replaced by its children,
/// the child above it again, and so on down to the leaf, which is left out: what is kept are the
/// siblings of the path. From them nothing of the path follows (a puncturable pseudo-random
/// function: Goldreich, Goldwasser, Micali 1986; for forgetting: Green and Miers, "Forward secure
/// asynchronous messaging from puncturable encryption", 2015). Forgetting a range is the same with
/// more leaves left out.
package struct KeyTree: ~Copyable, Sendable {
    /// Sorted by their leaves, none of which is below two.
    private var nodes: [KeyNode] = []
    /// The keys of `nodes`, 32 bytes each.
    private var secrets: SecretBytes

    private static var keyBytes: Int { SymmetricKey.byteCount }

    /// A tree of which nothing has been forgotten.
    package init(root: borrowing SymmetricKey) {
        self.init(capacity: 1)
        _ = append(.root, root.bytes)
    }

    /// A tree without any node, for ``append(_:_:)``.
    package init(capacity: Int) {
        nodes.reserveCapacity(capacity)
        secrets = SecretBytes(capacity: capacity * Self.keyBytes)
    }

    /// Adds a node behind all others.
    /// - Returns: false if it does not come behind them, or the key is not one of 32 bytes.
    package mutating func append(_ node: KeyNode, _ key: RawSpan) -> Bool {
        guard key.byteCount == Self.keyBytes,
            node.leaves.lowerBound >= nodes.last?.leaves.upperBound ?? 0
        else { return false }
        nodes.append(node)
        secrets.append(key)
        return true
    }

    // MARK: Reading

    package var nodeCount: Int { nodes.count }

    /// The node with this number, in order of leaves.
    package func node(_ number: Int) -> KeyNode { nodes[number] }

    /// The key of the node with this number.
    @_lifetime(borrow self)
    package func key(_ number: Int) -> RawSpan {
        precondition(number >= 0 && number < nodes.count, "a tree has the nodes that it has")
        return secrets.bytes.extracting(
            number * Self.keyBytes..<(number + 1) * Self.keyBytes)
    }

    /// The number of the node that the leaf's key follows from; nil if it has been forgotten.
    package func number(above leaf: UInt64) -> Int? {
        var low = 0
        var high = nodes.count
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle].leaves.upperBound <= leaf { low = middle + 1 } else { high = middle }
        }
        guard low < nodes.count, nodes[low].leaves.lowerBound <= leaf else { return nil }
        return low
    }

    /// How many of the leaves below `end` have been forgotten.
    package func forgottenLeaves(below end: UInt64) -> UInt64 {
        var kept: UInt64 = 0
        for node in nodes {
            let leaves = node.leaves
            if leaves.lowerBound >= end { break }
            kept += min(leaves.upperBound, end) - leaves.lowerBound
        }
        return end - kept
    }

    /// The nodes that leaves from `start` on follow from: all that new messages need.
    package func part(from start: UInt64) -> KeyTree {
        let first = nodes.firstIndex { $0.leaves.upperBound > start } ?? nodes.count
        var part = KeyTree(capacity: nodes.count - first)
        for number in first..<nodes.count { _ = part.append(nodes[number], key(number)) }
        return part
    }

    // MARK: Forgetting

    /// Forgets leaves: their keys do not follow from what is kept any more.
    ///
    /// Takes as many derivations as there are nodes on the paths; what is dropped is wiped.
    /// - Parameter ranges: in any order; they may overlap, and hold what has been forgotten.
    /// - Returns: how many leaves have been forgotten that had not been before.
    package mutating func forget(_ ranges: [Range<UInt64>]) -> UInt64 {
        var puncture = Puncture(ranges)
        for number in nodes.indices { puncture.keep(nodes[number], key(number)) }
        nodes = puncture.kept
        // The old ones are wiped as they go.
        secrets = puncture.takeSecrets()
        return puncture.forgotten
    }
}

/// One act of forgetting: the nodes that remain, from the left to the right.
private struct Puncture: ~Copyable {
    /// What to forget, sorted, without overlaps.
    private let ranges: [Range<UInt64>]
    /// The first range that may still meet a node: nodes come from the left to the right.
    private var current = 0
    private(set) var kept: [KeyNode] = []
    private(set) var forgotten: UInt64 = 0
    private var secrets: SecretBytes? = SecretBytes(capacity: 0)
    private var deriver = KeyDeriver()

    init(_ ranges: [Range<UInt64>]) {
        var merged: [Range<UInt64>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] =
                    last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        self.ranges = merged
    }

    /// Keeps of the node what is not to be forgotten.
    mutating func keep(_ node: KeyNode, _ key: RawSpan) {
        let leaves = node.leaves
        while current < ranges.count, ranges[current].upperBound <= leaves.lowerBound {
            current += 1
        }
        guard current < ranges.count, ranges[current].lowerBound < leaves.upperBound else {
            kept.append(node)
            secrets?.append(key)
            return
        }
        let range = ranges[current]
        if range.lowerBound <= leaves.lowerBound, leaves.upperBound <= range.upperBound {
            forgotten += UInt64(leaves.count)
            return
        }
        var row = SecretBytes(capacity: KeyDeriver.rowBytes)
        row.append(key)
        row.append(zeros: KeyDeriver.rowBytes - key.byteCount)
        var bytes = row.mutableBytes
        deriver.deriveRow(of: node, at: 0, in: &bytes, to: 0)
        for number in 0..<KeyNode.arity {
            let start = number * SymmetricKey.byteCount
            keep(
                node.child(number), row.bytes.extracting(start..<start + SymmetricKey.byteCount))
        }
    }

    mutating func takeSecrets() -> SecretBytes {
        guard let taken = secrets.take() else { preconditionFailure("taken once, at the end") }
        return taken
    }
}
