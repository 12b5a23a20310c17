internal import Bytes
internal import Cryptography

/// How a key tree is stored that is too large for one value: its nodes in pages, in order of their
/// leaves, and a head that names the pages. A change writes the pages that differ under new
/// numbers, then replaces the head: so the old pages or the new ones are in force.
struct PageTable: Equatable {
    struct Page: Equatable {
        /// Drawn; what its key is named by. No two pages that are stored share it.
        let number: UInt64
        /// The first leaf of its first node.
        let firstLeaf: UInt64
        let nodes: Int
    }

    var pages: [Page] = []

    /// Nodes of the largest page, and of the largest tree that is stored without any.
    static var pageNodes: Int { 1_024 }
    static var pageBytes: Int { pageNodes * OperationSecrets.nodeBytes }
    /// A tree of ``KeyVault/maximumNodes`` in pages that are a quarter full.
    static var maximumBytes: Int {
        SymmetricKey.byteCount + 4 + 4 * (KeyVault.maximumNodes / pageNodes) * entryBytes
    }

    private static var entryBytes: Int { 20 }

    var nodes: Int { pages.reduce(0) { $0 + $1.nodes } }

    /// As it is stored, before it is wrapped:
    ///
    ///     bytes  0...31  the secret that identities are hashed with
    ///            32...35 number of pages, little-endian
    ///            then    for each page: its number (8 bytes), its first leaf (8), its nodes (4)
    func encoded(identity: RawSpan) -> SecretBytes {
        var secret = SecretBytes(
            capacity: SymmetricKey.byteCount + 4 + pages.count * Self.entryBytes)
        secret.append(identity)
        secret.append(littleEndian: UInt32(pages.count))
        for page in pages {
            secret.append(littleEndian: page.number)
            secret.append(littleEndian: page.firstLeaf)
            secret.append(littleEndian: UInt32(page.nodes))
        }
        return secret
    }

    /// Nil for bytes that ``encoded(identity:)`` does not write.
    static func decode(_ secret: borrowing SecretBytes) -> PageTable? {
        var reader = ByteReader(secret.bytes)
        var table = PageTable()
        do {
            _ = try reader.read(length: SymmetricKey.byteCount)
            let count = Int(try reader.read(UInt32.self))
            guard reader.remaining == count * entryBytes else { return nil }
            for _ in 0..<count {
                let page = Page(
                    number: try reader.read(UInt64.self), firstLeaf: try reader.read(UInt64.self),
                    nodes: Int(try reader.read(UInt32.self)))
                guard (1...pageNodes).contains(page.nodes),
                    page.firstLeaf >= table.pages.last?.firstLeaf ?? 0
                else { return nil }
                table.pages.append(page)
            }
        } catch {
            return nil
        }
        return table.nodes <= KeyVault.maximumNodes ? table : nil
    }

    /// - Throws: ``KeyVaultError/notAKeyFile(file:)``.
    static func decode(
        _ secret: borrowing SecretBytes, at place: String
    ) throws(KeyVaultError) -> PageTable {
        guard let table = decode(secret) else { throw .notAKeyFile(file: place) }
        return table
    }

    // MARK: Keys of pages

    static func keyPrefix(_ id: String) -> String { "pages/" + id + "/" }

    /// What the key of a page ends with, and its nodes are wrapped for.
    static func label(_ number: UInt64, of id: String) -> String {
        let digits = String(number, radix: 16)
        return id + "/" + String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    static func number(ofKey key: String) -> UInt64? {
        UInt64(key.suffix(16), radix: 16)
    }
}
