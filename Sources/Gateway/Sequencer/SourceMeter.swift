internal import Bytes
internal import Cryptography
internal import Ledger

/// Counts the campaign tags that accepted entries carry, over windows of ten seconds, to find those
/// that nobody declared and that bring a surge (C1).
///
/// Beside the fold and bounded: a table of buckets, in which the tag that brought least makes room
/// for a new one. So a flood of invented tags, each with few entries, hides no real one. Under a
/// key of the process's own, so that nobody can aim at a bucket. Owned by the sequencer's thread.
///
/// It counts for the ``SourceBoard`` too: a tally knows its tag's place there, so that an entry
/// looks nothing up.
struct SourceMeter: ~Copyable {
    /// A tag that has brought so much that it is worth a look.
    struct Candidate {
        let operation: UInt32
        let source: String
        let entries: Int
        /// What the operation had accepted in all when the tag was first met in this window.
        let acceptedBefore: UInt64
    }

    private struct Tally {
        var hash: UInt64 = 0
        var operation: UInt32 = 0
        var entries: UInt32 = 0
        var acceptedBefore: UInt64 = 0
        /// Where the tag is counted on the board; nil until it has been looked up.
        var place: UInt32?
    }

    private var tallies: ContiguousArray<Tally>
    private var hasher = KeyedHasher()
    private let key: SipKey
    private let board: SourceBoard
    /// Places on the board of the tags that have one, by their hash.
    private var places: [UInt64: UInt32] = [:]
    private var windowEnd: UInt64 = 0
    /// Tags that were reported since `reportedSince`, by their hash: once an hour is enough.
    private var reported: Set<UInt64> = []
    private var reportedSince: UInt64 = 0

    static var windowSeconds: Int { 10 }
    private static var buckets: Int { 256 }
    private static var tagsOfBucket: Int { 4 }
    private static var reportAgainMilliseconds: UInt64 { 3_600_000 }
    /// Reports within that time; more would be a way to fill the log.
    private static var maximumReported: Int { 256 }

    init(_ board: SourceBoard, random: any RandomSource) {
        self.board = board
        var words = ByteBuffer(capacity: 16)
        words.append(littleEndian: random.word())
        words.append(littleEndian: random.word())
        key = SipKey(words.bytes)
        tallies = ContiguousArray(
            repeating: Tally(), count: Self.buckets * Self.tagsOfBucket)
    }

    /// Counts one accepted entry.
    /// - Parameters:
    ///   - accepted: entries of the operation so far, this one included.
    ///   - least: how many make the tag worth a look.
    ///   - now: milliseconds of the monotonic clock.
    /// - Returns: the tag, once in a window, when it has brought as many.
    mutating func count(
        _ source: RawSpan, of operation: UInt32, accepted: UInt64, minimum: Int, at now: UInt64
    ) -> Candidate? {
        if now >= windowEnd { turn(at: now) }
        let hash = hash(source, of: operation)
        let first = Int(hash % UInt64(Self.buckets)) * Self.tagsOfBucket
        var place = first
        for candidate in first..<(first + Self.tagsOfBucket) {
            if tallies[candidate].hash == hash, tallies[candidate].operation == operation {
                place = candidate
                break
            }
            if tallies[candidate].entries < tallies[place].entries { place = candidate }
        }
        if tallies[place].hash != hash || tallies[place].operation != operation {
            tallies[place] = Tally(
                hash: hash, operation: operation, entries: 0, acceptedBefore: accepted - 1)
        }
        tallies[place].entries &+= 1
        let tally = tallies[place]
        if let counted = tally.place {
            board.count(at: counted)
        } else {
            let counted = places[hash] ?? board.place(ofOthers: operation)
            tallies[place].place = counted
            board.count(at: counted)
        }
        guard tally.entries == minimum, reported.count < Self.maximumReported,
            !reported.contains(hash)
        else { return nil }
        return Candidate(
            operation: operation, source: source.text, entries: Int(tally.entries),
            acceptedBefore: tally.acceptedBefore)
    }

    /// Counts one accepted entry that carries no tag.
    func countUntagged(of operation: UInt32) { board.count(at: board.place(ofOthers: operation)) }

    /// Gives tags counts of their own, as far as there is room.
    mutating func name(_ tags: [String], isDeclared: Bool, of operation: UInt32) {
        for tag in tags {
            guard let place = board.name(tag, isDeclared: isDeclared, of: operation) else { break }
            let key = tag.withBytes { tag -> UInt64 in hash(tag, of: operation) }
            places[key] = place
        }
        // Tallies of this window may count such a tag among the others.
        for index in tallies.indices where tallies[index].operation == operation {
            tallies[index].place = nil
        }
    }

    /// The tag has been reported; it is not to be again for an hour.
    mutating func recordReport(of candidate: Candidate) {
        let key = candidate.source.withBytes { source -> UInt64 in
            hash(source, of: candidate.operation)
        }
        reported.insert(key)
    }

    private mutating func hash(_ source: RawSpan, of operation: UInt32) -> UInt64 {
        hasher.hash(source, key: key, domain: 0).low ^ (UInt64(operation) &* 0x9E37_79B9_7F4A_7C15)
    }

    private mutating func turn(at now: UInt64) {
        windowEnd = now + UInt64(Self.windowSeconds) * 1_000
        for place in tallies.indices { tallies[place] = Tally() }
        if now >= reportedSince + Self.reportAgainMilliseconds {
            reported.removeAll(keepingCapacity: true)
            reportedSince = now
        }
    }
}
