import Glibc

/// One of the 256 parts of a ``ParticipantTable``: two sorted arrays with gaps, in one mapping.
///
/// The first holds the settled keys, at 95 % full and never inserted into; the second, a few per
/// cent as large, the recent ones. When the second is three quarters full, both are merged into the
/// settled keys of a larger part. A full array is dear to insert into (at 95 % some 200 keys move)
/// and cheap to search; a roomy one is cheap to insert into; so each does what it is good at.
///
/// In both a key's home is its place if keys were spread perfectly evenly over the array's homes;
/// it lies there, or as little behind it as its elders allow:
///
///     place(i) = max(home(i), place(i - 1) + 1),   for keys in ascending order
///
/// So a search for a key that is absent ends at the first greater one, and merging goes once from
/// left to right. Behind an array's homes lies some slack, in place of wrapping around. Its last
/// slot is always empty: every walk to the right ends there.
///
/// Slots are kept as three columns, one behind the other: all fingerprints (16 bytes), all entry
/// numbers (8), all participants' numbers (4).
///
/// It is a plain value without an owner: ``ParticipantTable`` owns the mappings, and is the only
/// one to make or call these.
@safe
struct SubTable: BitwiseCopyable {
    /// Start of the mapping; `nil` until the first key comes.
    private var base: UnsafeMutableRawPointer?
    /// Size of the mapping.
    private(set) var mappedBytes = 0
    /// Slots of the mapping: the settled keys' first, then the recent ones'.
    private var slots = 0
    private var settled = SlotRange()
    private var recent = SlotRange()
    /// All recent keys lie before this slot.
    private var used = 0

    /// One of the two arrays.
    private struct SlotRange: BitwiseCopyable {
        /// Index of the first slot, and one past the last.
        var start = 0
        var end = 0
        /// How many slots, from the first, may be a home.
        var homes = 0
        var count = 0
    }

    init() {
        unsafe base = nil
    }

    /// Keys held.
    var count: Int { settled.count + recent.count }

    func find(_ key: Fingerprint) -> ParticipantTable.Seat? {
        slot(of: key).map { seat(at: $0) }
    }

    /// Whether `added` more keys, whichever they are, go in without growing.
    ///
    /// An insertion moves a run of keys by one slot, so if one empty slot more than there are
    /// insertions lies at the end, the last slot is still empty after them. Reads no slot.
    func holds(_ added: Int) -> Bool {
        recent.count + added <= (recent.end - recent.start) / 4 * 3 && used + added < recent.end
    }

    /// Puts a key that is absent where it belongs.
    /// - Precondition: ``holds(_:)`` one more, and the key is absent.
    mutating func insert(_ key: Fingerprint, _ seat: ParticipantTable.Seat) {
        let place = place(of: key, from: home(of: key, in: recent))
        var end = place
        while !fingerprint(at: end).isNone { end += 1 }
        precondition(end < recent.end - 1, "room was made before a key is put in")
        moveRight(from: place, to: end)
        write(key, seat, at: place)
        recent.count += 1
        used = max(used, end + 1)
    }

    /// Overwrites what is kept with a key that is there.
    func replace(_ key: Fingerprint, _ seat: ParticipantTable.Seat) {
        guard let slot = slot(of: key) else { preconditionFailure("replaces what is there") }
        write(key, seat, at: slot)
    }

    func forEach(_ body: (Fingerprint, ParticipantTable.Seat) -> Void) {
        forEachSlot { slot in
            body(fingerprint(at: slot), seat(at: slot))
            return true
        }
    }

    private func slot(of key: Fingerprint) -> Int? {
        guard slots > 0 else { return nil }
        let old = home(of: key, in: settled)
        let new = home(of: key, in: recent)
        // Both homes are read before anything depends on either: their cache misses overlap, and
        // a search waits for memory once and not twice.
        let first = fingerprint(at: old).difference(from: key)
        let second = fingerprint(at: new).difference(from: key)
        if min(first, second) == 0 { return first == 0 ? old : new }
        let place = place(of: key, from: old)
        if fingerprint(at: place) == key { return place }
        let recentPlace = self.place(of: key, from: new)
        return fingerprint(at: recentPlace) == key ? recentPlace : nil
    }

    /// Reads where the key would be, so that it is in the cache when it is asked for.
    func touch(_ key: Fingerprint) -> UInt64 {
        guard slots > 0 else { return 0 }
        let (old, new) = (home(of: key, in: settled), home(of: key, in: recent))
        return fingerprint(at: old).high ^ fingerprint(at: new).high
    }

    /// The first slot from the home on whose key is not less than this one: its own, or where it
    /// belongs.
    @inline(__always)
    private func place(of key: Fingerprint, from home: Int) -> Int {
        var place = home
        while true {
            let other = fingerprint(at: place)
            if other.isNone || !other.isBefore(key) { return place }
            place += 1
        }
    }

    /// The key's fraction of what this part covers, scaled to the homes. The first byte has chosen
    /// the part; the 56 bits behind it are in the same order as the keys.
    @inline(__always)
    private func home(of key: Fingerprint, in range: SlotRange) -> Int {
        range.start + Int((key.high << 8).multipliedFullWidth(by: UInt64(range.homes)).high)
    }
}

// MARK: Growing

extension SubTable {
    /// A part with everything this one holds settled, and room for `added` more keys; `nil` if
    /// memory is refused. This one stays as it is: the caller releases it.
    func grown(holding added: Int, atMost limitBytes: Int) -> SubTable? {
        // As many slots as a run at the end of the settled ones is long once in many mergers.
        var slack = min(max(count / 64, 8), 128)
        while true {
            let bytes = SubTableSize.mappedBytes(keys: count, slack: slack)
            guard bytes <= limitBytes else { return nil }
            guard var larger = SubTable(mapping: bytes, keys: count, slack: slack) else {
                return nil
            }
            if larger.settle(self) {
                precondition(larger.holds(added), "a part that has grown has room")
                return larger
            }
            larger.release()
            slack *= 2
        }
    }

    mutating func release() {
        if let mapping = unsafe base { unsafe munmap(mapping, mappedBytes) }
        self = SubTable()
    }

    /// An empty part in a mapping of its own; `nil` if the system gives none.
    private init?(mapping bytes: Int, keys: Int, slack: Int) {
        self.init()
        let mapping = unsafe mmap(
            nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)
        guard unsafe mapping != MAP_FAILED else { return nil }
        unsafe base = mapping
        mappedBytes = bytes
        slots = bytes / SubTableSize.slotBytes
        let homes = SubTableSize.settledHomes(keys: keys)
        settled = SlotRange(end: homes + slack, homes: homes)
        recent = SlotRange(
            start: settled.end, end: slots,
            homes: slots - settled.end - SubTableSize.recentSlack)
        used = recent.start
    }

    /// Takes over all keys of another part, in order; `false` if they do not fit behind the homes.
    private mutating func settle(_ other: SubTable) -> Bool {
        var free = 0
        let fits = other.forEachSlot { slot in
            let key = other.fingerprint(at: slot)
            let place = max(home(of: key, in: settled), free)
            guard place < settled.end - 1 else { return false }
            write(key, other.seat(at: slot), at: place)
            free = place + 1
            return true
        }
        settled.count = other.count
        return fits
    }

    /// Calls `body` with every slot that is in use, in the order of the keys, until it says
    /// `false`.
    @inline(__always) @discardableResult
    private func forEachSlot(_ body: (Int) -> Bool) -> Bool {
        var old = next(settled.start, settled)
        var new = next(recent.start, recent)
        while old < settled.end || new < recent.end {
            let isOld =
                new == recent.end
                || old < settled.end && fingerprint(at: old).isBefore(fingerprint(at: new))
            guard body(isOld ? old : new) else { return false }
            if isOld { old = next(old + 1, settled) } else { new = next(new + 1, recent) }
        }
        return true
    }

    /// The first slot in use from this one on; the range's end if there is none.
    @inline(__always)
    private func next(_ slot: Int, _ range: SlotRange) -> Int {
        var slot = slot
        while slot < range.end, fingerprint(at: slot).isNone { slot += 1 }
        return slot
    }
}

// MARK: Slots

extension SubTable {
    // Unsafe below: `slot` is less than `slots`, and the mapping holds that many in three columns.
    // A home is less than its range's `homes`, walks to the right end at the range's last slot at
    // the latest, because it is empty, and columns are aligned because the mapping is.

    @inline(__always)
    private func fingerprint(at slot: Int) -> Fingerprint {
        unsafe mapping.load(fromByteOffset: slot * 16, as: Fingerprint.self)
    }

    @inline(__always)
    private func seat(at slot: Int) -> ParticipantTable.Seat {
        let entry = unsafe mapping.load(fromByteOffset: slots * 16 + slot * 8, as: UInt64.self)
        let number = unsafe mapping.load(fromByteOffset: slots * 24 + slot * 4, as: UInt32.self)
        return ParticipantTable.Seat(entry: EntryNumber(rawValue: entry), participant: number)
    }

    @inline(__always)
    private func write(_ key: Fingerprint, _ seat: ParticipantTable.Seat, at slot: Int) {
        unsafe mapping.storeBytes(of: key, toByteOffset: slot * 16, as: Fingerprint.self)
        unsafe mapping.storeBytes(
            of: seat.entry.rawValue, toByteOffset: slots * 16 + slot * 8, as: UInt64.self)
        unsafe mapping.storeBytes(
            of: seat.participant, toByteOffset: slots * 24 + slot * 4, as: UInt32.self)
    }

    /// Moves the slots `first..<end` one to the right; `end` was empty.
    private func moveRight(from first: Int, to end: Int) {
        let length = end - first
        if length == 0 { return }
        moveRight(from: first, length, column: 0, width: 16)
        moveRight(from: first, length, column: slots * 16, width: 8)
        moveRight(from: first, length, column: slots * 24, width: 4)
    }

    private func moveRight(from first: Int, _ length: Int, column: Int, width: Int) {
        let source = unsafe mapping + column + first * width
        unsafe (source + width).copyMemory(from: source, byteCount: length * width)
    }

    private var mapping: UnsafeMutableRawPointer {
        @inline(__always) get {
            guard let base = unsafe base else { preconditionFailure("a part has slots to be read") }
            return unsafe base
        }
    }
}

extension Fingerprint {
    /// Zero if both are the same.
    @inline(__always)
    fileprivate func difference(from other: Fingerprint) -> UInt64 {
        (high ^ other.high) | (low ^ other.low)
    }

    /// The order of the keys in a part.
    @inline(__always)
    fileprivate func isBefore(_ other: Fingerprint) -> Bool {
        high == other.high ? low < other.low : high < other.high
    }
}
