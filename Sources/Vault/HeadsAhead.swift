internal import Bytes
internal import Cryptography

/// Heads of operations' secrets that came with one call, before they are needed. What is taken may
/// have been replaced since: its pages are gone then, and a second look finds what counts.
struct HeadsAhead {
    private var heads: [String: [UInt8]] = [:]

    mutating func fill(from space: any KeySpace) throws(KeySpaceError) {
        var found: [String: [UInt8]] = [:]
        try space.values("keys/") { key, value in found[key] = value.array }
        heads = found
    }

    mutating func take(_ key: String) -> [UInt8]? { heads.removeValue(forKey: key) }

    mutating func removeAll() { heads = [:] }
}

/// A secret of a key space, and the pages that it is in.
struct OpenedSecret: ~Copyable {
    var secret: SecretBytes
    var table: PageTable?
}
