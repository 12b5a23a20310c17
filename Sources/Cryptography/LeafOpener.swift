package import Bytes

/// Opens what was sealed under the leaves of one tree; quickest in the leaves' order.
package struct LeafOpener: ~Copyable {
    private let tree: KeyTree
    private var cache = LeafKeyCache()
    private var keys: SecretBytes
    private var deriver = KeyDeriver()
    private var opener = Opener()

    package init(_ tree: consuming KeyTree) {
        self.tree = tree
        keys = SecretBytes(capacity: LeafKeyCache.storageBytes)
        keys.append(zeros: LeafKeyCache.storageBytes)
    }

    /// Appends the plaintext to the buffer and says where its parts are.
    /// - Returns: nil if the leaf has been forgotten.
    /// - Throws: ``OpenError``; as for nil, the buffer then holds what it held before.
    package mutating func open(
        _ sealed: RawSpan, leaf: UInt64, into buffer: inout ByteBuffer
    ) throws(OpenError) -> OpenedMessage? {
        guard let place = cache.find(leaf, of: tree, with: &deriver, in: &keys, at: 0) else {
            return nil
        }
        return try Self.open(sealed, keys, place, with: &opener, into: &buffer)
    }

    private static func open(
        _ sealed: RawSpan, _ keys: borrowing SecretBytes, _ place: Range<Int>,
        with opener: inout Opener, into buffer: inout ByteBuffer
    ) throws(OpenError) -> OpenedMessage {
        try opener.open(sealed, key: keys.bytes.extracting(place), into: &buffer)
    }
}
