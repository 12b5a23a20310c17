internal import LockFree
internal import Synchronization

/// How many accepted entries each campaign tag of an operation has brought since the process
/// started. The sequencer names tags and counts, anyone reads.
///
/// Bounded: an operation has room for so many tags, in the order in which they were declared or
/// found; what carries another tag, or none, is counted together.
final class SourceBoard: Sendable {
    /// A tag with a count of its own.
    struct Tag: Sendable {
        let source: String
        /// Whether a campaign that was declared has it; one that was withdrawn too.
        var isDeclared: Bool
        /// What it had brought when it was declared: counted among the others until then, so that
        /// no count ever goes down.
        var before: UInt64 = 0
    }

    private let counters: CounterTable
    /// By operation; in the order of their places, the first of which is 1.
    private let named: Mutex<[UInt32: [Tag]]>

    /// Tags of one operation that have counts of their own.
    static var maximumTags: Int { 31 }
    private static var places: Int { maximumTags + 1 }

    init(operations: Int) {
        counters = CounterTable(shards: 1, counters: operations * Self.places)
        named = Mutex([:])
    }

    // MARK: The sequencer's thread

    /// Where entries without a tag of their own are counted.
    func place(ofOthers operation: UInt32) -> UInt32 { operation * UInt32(Self.places) }

    /// Gives a tag a count of its own.
    /// - Returns: where it is counted; nil where the operation has as many as it may have.
    func name(_ source: String, isDeclared: Bool, of operation: UInt32) -> UInt32? {
        named.withLock { named in
            var tags = named[operation] ?? []
            let known = tags.firstIndex { $0.source == source }
            let index = known ?? tags.count
            guard index < Self.maximumTags else { return nil }
            if known == nil { tags.append(Tag(source: source, isDeclared: false)) }
            let place = place(ofOthers: operation) + UInt32(index) + 1
            if isDeclared, !tags[index].isDeclared {
                tags[index].isDeclared = true
                tags[index].before = counters.total(of: Int(place))
            }
            named[operation] = tags
            return place
        }
    }

    /// Counts one accepted entry.
    func count(at place: UInt32) { counters.add(1, to: Int(place), shard: 0) }

    // MARK: Anyone

    /// All tags that have counts of their own, by operation.
    var tags: [UInt32: [Tag]] { named.withLock { $0 } }

    func tags(of operation: UInt32) -> [Tag] { named.withLock { $0[operation] ?? [] } }

    /// What the first tags of an operation have brought; what the others have, at index 0.
    func counts(_ tags: Int, of operation: UInt32) -> [UInt64] {
        let others = Int(place(ofOthers: operation))
        return (others...others + tags).map { counters.total(of: $0) }
    }
}
