internal import COpenSSL

/// Derives keys of a ``KeyTree`` downwards, one way: from a key follow those of all nodes below it,
/// and nothing of those above or beside it.
///
/// The construction is the one of Goldreich, Goldwasser and Micali ("How to construct random
/// functions", 1986), 16-ary. A child's key is AES-256 under its parent's key of two blocks, which
/// differ between all children, so a row of 16 is one call of 32 blocks:
///
///     bytes 0...12  `portillon kt1`
///           13      the child's level, 1 to 12
///           14      its number among its siblings, 0 to 15
///           15      0 for the first half of its key, 1 for the second
///
/// AES is taken for a pseudo-random permutation (FIPS 197); that the 32 blocks of a row never come
/// out equal, as random ones would once in 2¹¹⁹ rows, is all that tells it from a random function.
/// A key is used for one thing: that of an inner node derives, that of a leaf seals.
///
/// A row by HMAC-SHA-256 takes some 20 times as long: `loadtests/micro --filter
/// 'cryptography.*'` shows both.
///
/// For one thread at a time; whoever holds it owns it. Deriving allocates nothing.
@safe
package struct KeyDeriver: ~Copyable, @unchecked Sendable {
    // `@unchecked Sendable`: the context has this one owner, and OpenSSL ties it to no thread.

    /// AES-256-ECB, with the schedule of the last parent; owned, freed and wiped by `deinit`.
    private let context: OpaquePointer

    /// Bytes of a row of 16 keys.
    package static var rowBytes: Int { KeyNode.arity * SymmetricKey.byteCount }

    package init() {
        guard let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-256-ECB", nil),
            let context = unsafe EVP_CIPHER_CTX_new(),
            unsafe EVP_EncryptInit_ex2(context, cipher, nil, nil, nil) == 1
        else {
            preconditionFailure("OpenSSL offers no AES-256: check its installation and memory")
        }
        // The context keeps what it needs of the cipher.
        unsafe EVP_CIPHER_free(cipher)
        _ = unsafe EVP_CIPHER_CTX_set_padding(context, 0)
        unsafe self.context = unsafe context
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(context)
    }

    /// Replaces a node's key by that of a node below it.
    /// - Parameter offset: where the 32 bytes lie in `bytes`.
    /// - Precondition: `node` covers `target`.
    package mutating func descend(
        from node: KeyNode, to target: KeyNode, in bytes: inout MutableRawSpan, at offset: Int
    ) {
        precondition(node.covers(target), "keys are derived downwards")
        precondition(offset >= 0 && offset <= bytes.byteCount - SymmetricKey.byteCount)
        var level = node.level
        while level < target.level {
            level += 1
            let number = target.index >> UInt64(4 * (target.level - level)) & 15
            // `unsafe`: one key of 32 bytes, read and written at `offset`, checked above.
            unsafe bytes.withUnsafeMutableBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                let key = unsafe (start + offset).assumingMemoryBound(to: UInt8.self)
                unsafe derive(key, level: level, first: Int(number), count: 1, to: key)
            }
        }
    }

    /// Derives the keys of a node's 16 children.
    /// - Parameters:
    ///   - parent: where the node's key lies in `bytes`; it may be overwritten by the row.
    ///   - row: where the 512 bytes of the row go.
    /// - Precondition: `node` is no leaf.
    package mutating func deriveRow(
        of node: KeyNode, at parent: Int, in bytes: inout MutableRawSpan, to row: Int
    ) {
        precondition(node.level < KeyNode.leafLevel, "a leaf has no children")
        precondition(parent >= 0 && parent <= bytes.byteCount - SymmetricKey.byteCount)
        precondition(row >= 0 && row <= bytes.byteCount - Self.rowBytes)
        // `unsafe`: 32 bytes are read and 512 written, both within `bytes`, checked above.
        unsafe bytes.withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            unsafe derive(
                (start + parent).assumingMemoryBound(to: UInt8.self), level: node.level + 1,
                first: 0, count: KeyNode.arity,
                to: (start + row).assumingMemoryBound(to: UInt8.self))
        }
    }

    @inline(__always)
    private func derive(
        _ parent: UnsafePointer<UInt8>, level: Int, first: Int, count: Int,
        to children: UnsafeMutablePointer<UInt8>
    ) {
        let done = unsafe portillon_tree_children(
            context, parent, UInt8(level), UInt8(first), Int32(count), children)
        precondition(done == 1, "AES-256 over bytes in memory does not fail")
    }
}
