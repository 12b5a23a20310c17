internal import COpenSSL

/// Finds the keys of leaves, quickly where they are asked for in order: it remembers the keys of
/// one row of 16, and the node above 256 leaves that the next rows follow from.
///
/// The keys lie in bytes of the caller's, ``storageBytes`` of them, so that many caches can share
/// one allocation.
package struct LeafKeyCache: BitwiseCopyable, Sendable {
    /// The node above 256 leaves whose key is remembered, by its index; ``none`` at first.
    private var anchor = none
    /// The node above 16 leaves whose row is remembered, by its index; ``none`` at first.
    private var row = none

    private static var none: UInt64 { .max }
    private static var anchorLevel: Int { KeyNode.leafLevel - 2 }
    private static var rowLevel: Int { KeyNode.leafLevel - 1 }
    private static var rowOffset: Int { SymmetricKey.byteCount }

    /// Leaves below the node that is remembered: what a caller best takes at a time.
    package static var leavesAtOnce: UInt64 { 256 }
    /// Bytes that its keys take.
    package static var storageBytes: Int { SymmetricKey.byteCount + KeyDeriver.rowBytes }

    package init() {}

    /// Finds a leaf's key.
    /// - Parameters:
    ///   - tree: the same each time.
    ///   - offset: where the cache's ``storageBytes`` begin in `keys`.
    /// - Returns: where the 32 bytes lie in `keys`, until the next call; nil if the leaf has been
    ///   forgotten.
    package mutating func find(
        _ leaf: UInt64, of tree: borrowing KeyTree, with deriver: inout KeyDeriver,
        in keys: inout SecretBytes, at offset: Int
    ) -> Range<Int>? {
        guard leaf < KeyNode.leafCount else { return nil }
        if let place = place(of: leaf, at: offset) { return place }
        let rowStart = offset + Self.rowOffset
        let place = Self.place(of: leaf, at: offset)
        let rowNode = KeyNode(level: Self.rowLevel, above: leaf)
        var bytes = keys.mutableBytes
        // What is remembered is overwritten from here on.
        row = Self.none
        let anchorNode = KeyNode(level: Self.anchorLevel, above: leaf)
        if anchor == anchorNode.index {
            copy(from: offset, to: rowStart, in: &bytes)
            deriver.descend(from: anchorNode, to: rowNode, in: &bytes, at: rowStart)
        } else {
            guard let number = tree.number(above: leaf) else { return nil }
            let node = tree.node(number)
            switch node.level {
            case KeyNode.leafLevel:
                write(tree.key(number), to: place.lowerBound, in: &bytes)
                return place
            case Self.rowLevel:
                write(tree.key(number), to: rowStart, in: &bytes)
            default:
                write(tree.key(number), to: offset, in: &bytes)
                deriver.descend(from: node, to: anchorNode, in: &bytes, at: offset)
                anchor = anchorNode.index
                copy(from: offset, to: rowStart, in: &bytes)
                deriver.descend(from: anchorNode, to: rowNode, in: &bytes, at: rowStart)
            }
        }
        deriver.deriveRow(of: rowNode, at: rowStart, in: &bytes, to: rowStart)
        row = rowNode.index
        return place
    }

    /// Where a leaf's key lies; nil if it is not of the row that is remembered.
    package func place(of leaf: UInt64, at offset: Int) -> Range<Int>? {
        row == leaf / UInt64(KeyNode.arity) ? Self.place(of: leaf, at: offset) : nil
    }

    private static func place(of leaf: UInt64, at offset: Int) -> Range<Int> {
        let number = Int(leaf % UInt64(KeyNode.arity))
        let start = offset + rowOffset + number * SymmetricKey.byteCount
        return start..<start + SymmetricKey.byteCount
    }

    /// Overwrites a cache's keys.
    package static func wipe(_ keys: inout SecretBytes, at offset: Int) {
        var bytes = keys.mutableBytes
        unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe OPENSSL_cleanse(
                UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<offset + storageBytes])
                    .baseAddress, storageBytes)
        }
    }

    private func copy(from source: Int, to target: Int, in bytes: inout MutableRawSpan) {
        // `unsafe`: both are within the storage, which the slice checks; they do not overlap.
        unsafe bytes.withUnsafeMutableBytes { bytes in
            let key = unsafe UnsafeRawBufferPointer(
                rebasing: bytes[source..<source + SymmetricKey.byteCount])
            let room = unsafe UnsafeMutableRawBufferPointer(
                rebasing: bytes[target..<target + SymmetricKey.byteCount])
            unsafe room.copyMemory(from: key)
        }
    }

    private func write(_ key: RawSpan, to target: Int, in bytes: inout MutableRawSpan) {
        unsafe bytes.withUnsafeMutableBytes { bytes in
            let room = unsafe UnsafeMutableRawBufferPointer(
                rebasing: bytes[target..<target + SymmetricKey.byteCount])
            unsafe key.withUnsafeBytes { unsafe room.copyMemory(from: $0) }
        }
    }
}
