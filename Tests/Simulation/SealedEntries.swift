import Bytes
import Cryptography
import Vault

/// What entries on record have sealed, and which of it must open: all but what was forgotten.
struct SealedEntries: Sendable {
    struct Entry: Sendable {
        let leaf: UInt64
        let person: UInt64
        let sealed: [UInt8]
    }

    /// By the name of the operation's secrets, in the order of the log.
    private var entries: [String: [Entry]] = [:]
    private var forgotten: [String: [Range<UInt64>]] = [:]
    private var leaves: Set<UInt64> = []

    /// - Returns: what is wrong with it; nil if nothing is.
    mutating func add(_ entry: Entry, of dataKey: String) -> String? {
        entries[dataKey, default: []].append(entry)
        return leaves.insert(entry.leaf).inserted ? nil : "leaf \(entry.leaf) seals twice"
    }

    /// The leaves of an operation's entries.
    func leaves(of dataKey: String) -> [UInt64] { entries[dataKey, default: []].map(\.leaf) }

    mutating func forget(_ leaves: [Range<UInt64>], of dataKey: String) {
        forgotten[dataKey, default: []] += leaves
    }

    /// Opens what is forgotten, and some of what is not.
    /// - Parameter sample: how many entries are tried; nil for all.
    /// - Returns: what is wrong; nil if nothing is.
    func fault(
        of dataKey: String, in vault: SimulatedVault, sample: Int?, _ random: SeededRandom
    ) throws -> String? {
        guard let tried = entries[dataKey] else { return nil }
        guard let secrets = try vault.load(dataKey) else { return "\(dataKey) has no secrets" }
        let ranges = forgotten[dataKey, default: []]
        var opener = LeafOpener(secrets.takeTree())
        var plain = ByteBuffer(capacity: 64)
        let oneIn = max(tried.count / (sample ?? tried.count), 1)
        for entry in tried {
            let isForgotten = ranges.contains { $0.contains(entry.leaf) }
            guard isForgotten || random.oneIn(oneIn) else { continue }
            plain.removeAll()
            let isOpen = try Self.opens(entry, with: &opener, into: &plain)
            if isOpen == isForgotten {
                return "leaf \(entry.leaf) of \(dataKey) is "
                    + (isForgotten ? "forgotten and opens" : "not forgotten and does not open")
            }
        }
        return nil
    }

    private static func opens(
        _ entry: Entry, with opener: inout LeafOpener, into plain: inout ByteBuffer
    ) throws -> Bool {
        let parts = try unsafe opener.open(entry.sealed.span.bytes, leaf: entry.leaf, into: &plain)
        guard let parts else { return false }
        var reader = ByteReader(plain.bytes.extracting(parts.first))
        guard try reader.read(UInt64.self) == entry.person else {
            throw Judge.Difference("leaf \(entry.leaf) opens as another's")
        }
        return true
    }
}
