internal import Bytes
internal import Cryptography
internal import Ledger

/// Counts the campaign tags that accepted entries carry, over a window of ten seconds, to find
/// those that nobody declared and that bring a surge (C1). The window slides, in quarters: it is
/// the present quarter, as far as it has come, and the three before it.
///
/// Campaigns of one operation that run together add up: so do the entries of all its undeclared
/// tags. As soon as these are as many as asked for, the tag that brought most of them is a
/// ``Candidate``: within a fraction of a second in a flood. Where that tag comes no more, and twice
/// as many have come without it, it is the tag in hand.
///
/// Beside the fold and bounded: a table of buckets, in which the tag that brought least makes room
/// for a new one. So a flood of invented tags, each with few entries, hides no real one. Under a
/// key of the process's own, so that nobody can aim at a bucket. Owned by the sequencer's thread.
///
/// It counts for the ``SourceBoard`` too: a tally knows its tag's place there, so that an entry
/// looks nothing up.
struct SourceMeter: ~Copyable {
    /// The tag that brought most of the entries with undeclared tags, where these are worth a look.
    struct Candidate {
        let operation: UInt32
        let source: String
        let entries: Int
        /// Entries with any undeclared tag of the operation in this window.
        let undeclaredEntries: Int
        /// What the operation had accepted in all when the first of them came.
        let acceptedBefore: UInt64
    }

    private struct Tally {
        var hash: UInt64 = 0
        var operation: UInt32 = 0
        var entries = QuarteredCount()
        /// Where the tag is counted on the board; nil until it has been looked up.
        var place: UInt32?
        /// Whether a campaign that is in force has the tag; known with the place.
        var isDeclared = false
    }

    /// The entries of one operation with undeclared tags.
    private struct Undeclared {
        var entries = QuarteredCount()
        /// The most that one tag brought.
        var largest = 0
        /// Entries that are worth a look, and those from which the next look is due.
        var minimum = 0
        var mark = 0
        /// What had been accepted in all when the first of a quarter's entries came.
        var acceptedBefore = InlineArray<4, UInt64>(repeating: 0)
    }

    private var tallies: ContiguousArray<Tally>
    /// By operation.
    private var undeclared: ContiguousArray<Undeclared> = []
    private var hasher = KeyedHasher()
    private let key: SipKey
    private let board: SourceBoard
    /// Places on the board of the tags that have one, by their hash.
    private var places: [UInt64: UInt32] = [:]
    /// The declared tags, by operation: their hashes.
    private var declared: [UInt32: Set<UInt64>] = [:]
    /// The number of the present quarter, of which the first is 4, and its end in milliseconds of
    /// the monotonic clock.
    private var quarter = 4
    private var quarterEnd: UInt64 = 0
    /// When tags were reported, by their hash; milliseconds of the monotonic clock.
    private var reported: [UInt64: UInt64] = [:]
    /// Tags that were reported since then, by operation.
    private var reports: [UInt32: Int] = [:]
    private var reportedSince: UInt64 = 0

    static var windowSeconds: Int { 10 }
    private static var quarterMilliseconds: UInt64 { UInt64(windowSeconds) * 250 }
    private static var buckets: Int { 256 }
    private static var tagsOfBucket: Int { 4 }
    /// A surge that goes on is reported again after so long: half of what the fold keeps one.
    private static var reportAgainMilliseconds: UInt64 { 300_000 }
    /// Tags that are reported within an hour; more would be a way to fill the log.
    private static var maximumReported: Int { 256 }
    /// The share of one operation, so that no flood of tags uses up the others' reports.
    private static var maximumReportedOfOperation: Int { 16 }
    private static var reportedMilliseconds: UInt64 { 3_600_000 }

    init(_ board: SourceBoard, random: any RandomSource) {
        self.board = board
        var words = ByteBuffer(capacity: 16)
        words.append(littleEndian: random.word())
        words.append(littleEndian: random.word())
        key = SipKey(words.bytes)
        tallies = ContiguousArray(
            repeating: Tally(), count: Self.buckets * Self.tagsOfBucket)
    }

    // MARK: Counting

    /// Counts one accepted entry.
    /// - Parameters:
    ///   - accepted: entries of the operation so far, this one included.
    ///   - minimum: how many entries with undeclared tags are worth a look.
    ///   - now: milliseconds of the monotonic clock.
    /// - Returns: the tag that brought most of them, when they are as many, and again whenever they
    ///   have doubled, or are as many in a further quarter.
    mutating func count(
        _ source: RawSpan, of operation: UInt32, accepted: UInt64, minimum: Int, at now: UInt64
    ) -> Candidate? {
        if now >= quarterEnd { turn(at: now) }
        let hash = hash(source, of: operation)
        let place = tallyPlace(of: hash, operation)
        tallies[place].entries.add(in: quarter)
        if tallies[place].place == nil { lookUp(place) }
        let tally = tallies[place]
        if let counted = tally.place { board.count(at: counted) }
        if tally.isDeclared { return nil }
        let index = undeclaredIndex(of: operation)
        if undeclared[index].entries[quarter] == 0 {
            undeclared[index].minimum = minimum
            undeclared[index].mark = minimum
            undeclared[index].acceptedBefore[quarter % 4] = accepted - 1
        }
        undeclared[index].entries.add(in: quarter)
        undeclared[index].largest = max(undeclared[index].largest, tally.entries.sum)
        let (entries, mark) = (undeclared[index].entries, undeclared[index].mark)
        guard entries.sum >= mark,
            tally.entries.sum >= undeclared[index].largest || entries.sum >= 2 * mark
        else { return nil }
        undeclared[index].mark = entries.sum * 2
        guard isReportDue(hash, of: operation, at: now) else { return nil }
        let first = entries.first(before: quarter)
        return Candidate(
            operation: operation, source: source.text, entries: tally.entries.sum,
            undeclaredEntries: entries.sum,
            acceptedBefore: undeclared[index].acceptedBefore[first % 4])
    }

    /// Counts one accepted entry that carries no tag.
    func countUntagged(of operation: UInt32) { board.count(at: board.place(ofOthers: operation)) }

    /// The place of a tag's tally; the one of its bucket that brought least makes room for it.
    private mutating func tallyPlace(of hash: UInt64, _ operation: UInt32) -> Int {
        let first = Int(hash % UInt64(Self.buckets)) * Self.tagsOfBucket
        var least = first
        for place in first..<(first + Self.tagsOfBucket) {
            if tallies[place].hash == hash, tallies[place].operation == operation { return place }
            if tallies[place].entries.sum < tallies[least].entries.sum { least = place }
        }
        tallies[least] = Tally(hash: hash, operation: operation)
        return least
    }

    private mutating func lookUp(_ place: Int) {
        let (hash, operation) = (tallies[place].hash, tallies[place].operation)
        tallies[place].place = places[hash] ?? board.place(ofOthers: operation)
        tallies[place].isDeclared = declared[operation]?.contains(hash) ?? false
    }

    private mutating func undeclaredIndex(of operation: UInt32) -> Int {
        while Int(operation) >= undeclared.count { undeclared.append(Undeclared()) }
        return Int(operation)
    }

    private func isReportDue(_ hash: UInt64, of operation: UInt32, at now: UInt64) -> Bool {
        if let last = reported[hash] { return now >= last + Self.reportAgainMilliseconds }
        return reported.count < Self.maximumReported
            && reports[operation, default: 0] < Self.maximumReportedOfOperation
    }

    // MARK: Names

    /// Gives tags counts of their own, as far as there is room.
    /// - Parameter isDeclared: these are all the operation's tags that campaigns in force have.
    mutating func name(_ tags: [String], isDeclared: Bool, of operation: UInt32) {
        if isDeclared, !declare(tags, of: operation) { return }
        for tag in tags {
            guard let place = board.name(tag, isDeclared: isDeclared, of: operation) else { break }
            let key = hash(tag, of: operation)
            places[key] = place
        }
        // Tallies of this window may count such a tag among the others.
        for index in tallies.indices where tallies[index].operation == operation {
            tallies[index].place = nil
        }
    }

    /// Replaces the declared tags. What was counted until now begins anew, and a tag that is
    /// undeclared by now may be reported at once.
    /// - Returns: `false` if there are none, as before.
    private mutating func declare(_ tags: [String], of operation: UInt32) -> Bool {
        if tags.isEmpty, declared[operation] == nil { return false }
        var hashes: Set<UInt64> = []
        for tag in tags { hashes.insert(hash(tag, of: operation)) }
        declared[operation] = hashes
        for index in tallies.indices where tallies[index].operation == operation {
            reported[tallies[index].hash] = nil
            tallies[index].entries = QuarteredCount()
        }
        if operation < undeclared.count { undeclared[Int(operation)] = Undeclared() }
        return true
    }

    /// A tag is another spelling of a declared one: its entries are not undeclared.
    mutating func recordSpelling(_ candidate: Candidate) {
        let key = hash(candidate.source, of: candidate.operation)
        declared[candidate.operation, default: []].insert(key)
        let place = tallyPlace(of: key, candidate.operation)
        tallies[place].place = nil
        let index = undeclaredIndex(of: candidate.operation)
        undeclared[index].entries.subtract(tallies[place].entries)
        tallies[place].entries = QuarteredCount()
        undeclared[index].largest = 0
        undeclared[index].mark = undeclared[index].minimum
    }

    /// The tag has been reported; it is not to be again for five minutes.
    mutating func recordReport(of candidate: Candidate, at now: UInt64) {
        let key = hash(candidate.source, of: candidate.operation)
        if reported.updateValue(now, forKey: key) == nil {
            reports[candidate.operation, default: 0] += 1
        }
    }

    private mutating func hash(_ tag: String, of operation: UInt32) -> UInt64 {
        tag.withBytes { tag -> UInt64 in hash(tag, of: operation) }
    }

    private mutating func hash(_ source: RawSpan, of operation: UInt32) -> UInt64 {
        hasher.hash(source, key: key, domain: 0).low ^ (UInt64(operation) &* 0x9E37_79B9_7F4A_7C15)
    }

    /// Goes on to the quarter that this time is in.
    private mutating func turn(at now: UInt64) {
        let passed = (now - quarterEnd) / Self.quarterMilliseconds + 1
        quarterEnd += passed * Self.quarterMilliseconds
        for _ in 0..<min(passed, 4) {
            quarter += 1
            for place in tallies.indices { tallies[place].entries.remove(quarter) }
            for index in undeclared.indices { undeclared[index].entries.remove(quarter) }
        }
        for index in undeclared.indices { undeclared[index].largest = 0 }
        for place in tallies.indices {
            let tally = tallies[place]
            if tally.entries.sum == 0 {
                tallies[place] = Tally()
            } else if !tally.isDeclared {
                let index = undeclaredIndex(of: tally.operation)
                undeclared[index].largest = max(undeclared[index].largest, tally.entries.sum)
            }
        }
        if now >= reportedSince + Self.reportedMilliseconds {
            reported.removeAll(keepingCapacity: true)
            reports.removeAll(keepingCapacity: true)
            reportedSince = now
        }
    }
}
