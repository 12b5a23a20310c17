import CLinux

/// One of the 256 parts of a ``ParticipantTable``: two sorted arrays with gaps, in one mapping.
///
/// The first holds the settled keys, at 95 % full and never inserted into; the second, a few per
/// cent as large, the recent ones. When the second is seven eighths full, both are merged into the
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
/// Slots are kept as two columns, one behind the other: all keys (16 bytes), so that a walk meets
/// nothing else, then all first entries (12 bytes).
///
/// It is a plain value without an owner: ``ParticipantTable`` owns the mappings, and is the only
/// one to make or call these.
@safe
struct SubTable: BitwiseCopyable {
    /// What the slots lie in; empty until the first key comes.
    private(set) var mapping = TableMapping()
    /// Slots of the mapping: the settled keys' first, then the recent ones'.
    private(set) var slots = 0
    var settled = SlotRange()
    private(set) var recent = SlotRange()
    /// All recent keys lie before this slot.
    private var used = 0

    /// One of the two arrays.
    struct SlotRange: Equatable, BitwiseCopyable {
        /// Index of the first slot, and one past the last.
        var start = 0
        var end = 0
        /// How many slots, from the first, may be a home.
        var homes = 0
        var count = 0
    }

    /// A fingerprint without its first byte, which has chosen the part.
    struct Key: BitwiseCopyable {
        /// The other 56 bits of the fingerprint's high half, and below them a mark: never zero, as
        /// an empty slot is.
        var tail: UInt64
        var low: UInt64

        init(_ fingerprint: Fingerprint) {
            tail = fingerprint.high << 8 | 1
            low = fingerprint.low
        }

        func fingerprint(part: Int) -> Fingerprint {
            Fingerprint(high: UInt64(part) << 56 | tail >> 8, low: low)
        }
    }

    init() {}

    /// An empty part in this mapping, for so many keys to settle; it is to be filled next, by
    /// ``settle(_:)``.
    init(in mapping: TableMapping, keys: Int, slack: Int) {
        self.mapping = mapping
        slots = mapping.bytes / SubTableSize.slotBytes
        let homes = SubTableSize.settledHomes(keys: keys)
        settled = SlotRange(end: homes + slack, homes: homes)
        recent = SlotRange(
            start: settled.end, end: slots,
            homes: slots - settled.end - SubTableSize.recentSlack)
        used = recent.start
    }

    /// Where everything lies in a part, but for its memory: what a snapshot holds beside the slots.
    struct Layout: Equatable, BitwiseCopyable {
        var mappingBytes: Int
        var slots: Int
        var settled: SlotRange
        var recent: SlotRange
        var used: Int

        /// Bytes of both columns.
        var slotsBytes: Int { slots * SubTableSize.slotBytes }
    }

    var layout: Layout {
        Layout(
            mappingBytes: mapping.bytes, slots: slots, settled: settled, recent: recent, used: used)
    }

    /// A part that lies so in this mapping, which holds its slots already.
    /// - Precondition: the layout is sound, and the mapping is as long as it says.
    init(_ layout: Layout, in mapping: TableMapping) {
        precondition(layout.isSound && mapping.bytes == layout.mappingBytes, "a sound layout")
        self.mapping = mapping
        slots = layout.slots
        settled = layout.settled
        recent = layout.recent
        used = layout.used
    }

    /// Bytes of both columns.
    var slotsBytes: Int { slots * SubTableSize.slotBytes }

    /// Keys held.
    var count: Int { settled.count + recent.count }

    func find(_ key: Key) -> ParticipantTable.FirstEntry? {
        guard slots > 0 else { return nil }
        // All that is read below is asked for before anything is waited for.
        prefetch(key)
        let place = place(of: key, from: home(of: key, in: settled))
        if holds(key, at: place) { return firstEntry(at: place) }
        let recentPlace = self.place(of: key, from: home(of: key, in: recent))
        return holds(key, at: recentPlace) ? firstEntry(at: recentPlace) : nil
    }

    /// Gives a key that is there another value.
    func replace(_ key: Key, _ firstEntry: ParticipantTable.FirstEntry) {
        for range in [settled, recent] {
            let place = place(of: key, from: home(of: key, in: range))
            if holds(key, at: place) { return write(firstEntry, at: place) }
        }
        preconditionFailure("replaces what is there")
    }

    /// The only key that shares this one's high half, and what is kept about it.
    /// - Precondition: no two keys of the table share their high halves.
    func find(sharingHighOf key: Key) -> (low: UInt64, firstEntry: ParticipantTable.FirstEntry)? {
        guard slots > 0 else { return nil }
        prefetch(key)
        return slot(sharingHighOf: key).map { (low(at: $0), firstEntry(at: $0)) }
    }

    /// Where the only key with this one's high half lies: keys are in order, so at the first place
    /// that is not less than the half alone.
    private func slot(sharingHighOf key: Key) -> Int? {
        var least = key
        least.low = 0
        for range in [settled, recent] {
            let place = place(of: least, from: home(of: least, in: range))
            if tail(at: place) == key.tail { return place }
        }
        return nil
    }

    /// Whether `added` more keys, whichever they are, go in without growing.
    ///
    /// An insertion moves a run of keys by one slot, so if one empty slot more than there are
    /// insertions lies at the end, the last slot is still empty after them. Reads no slot.
    func holds(_ added: Int) -> Bool {
        recent.count + added <= (recent.end - recent.start) / 8 * 7 && used + added < recent.end
    }

    /// Puts a key that is absent where it belongs.
    /// - Precondition: ``holds(_:)`` one more, and the key is absent.
    mutating func insert(_ key: Key, _ firstEntry: ParticipantTable.FirstEntry) {
        let place = place(of: key, from: home(of: key, in: recent))
        var end = place
        while tail(at: end) != 0 { end += 1 }
        precondition(end < recent.end - 1, "room was made before a key is put in")
        moveRight(from: place, to: end)
        write(key, at: place)
        write(firstEntry, at: place)
        recent.count += 1
        used = max(used, end + 1)
    }

    /// Puts this key in the place of the only one that shares its high half; the order of keys
    /// stays.
    func replace(sharingHighOf key: Key, _ firstEntry: ParticipantTable.FirstEntry) {
        guard let place = slot(sharingHighOf: key) else {
            preconditionFailure("replaces what is there")
        }
        write(key, at: place)
        write(firstEntry, at: place)
    }

    /// Asks for the memory that finding or putting in this key will touch, and does not wait.
    @inline(__always)
    func prefetch(_ key: Key) {
        guard slots > 0 else { return }
        let (old, new) = (home(of: key, in: settled), home(of: key, in: recent))
        // Unsafe: a prefetch may be given any address; these lie in the mapping or just behind it.
        let base = unsafe mapping.base
        let first = unsafe base + old * Self.keyBytes
        // A key lies some ten slots behind its home: three lines hold most of such walks.
        unsafe linux_prefetch(first)
        unsafe linux_prefetch(first + 64)
        unsafe linux_prefetch(first + 128)
        unsafe linux_prefetch(base + new * Self.keyBytes)
        unsafe linux_prefetch(base + new * Self.keyBytes + 48)
        unsafe linux_prefetch(base + slots * Self.keyBytes + new * Self.firstEntryBytes)
    }

    /// The first slot from the home on whose key is not less than this one: its own, or where it
    /// belongs.
    @inline(__always)
    private func place(of key: Key, from home: Int) -> Int {
        var place = home
        // One comparison for both ends of the walk: less one, an empty slot is the greatest of all.
        let bound = key.tail &- 1
        while tail(at: place) &- 1 < bound { place &+= 1 }
        while tail(at: place) == key.tail, low(at: place) < key.low { place &+= 1 }
        return place
    }

    @inline(__always)
    private func holds(_ key: Key, at slot: Int) -> Bool {
        tail(at: slot) == key.tail && low(at: slot) == key.low
    }

    /// The key's fraction of what this part covers, scaled to the homes.
    @inline(__always)
    func home(of key: Key, in range: SlotRange) -> Int {
        range.start
            &+ Int(
                truncatingIfNeeded: key.tail.multipliedFullWidth(
                    by: UInt64(truncatingIfNeeded: range.homes)
                ).high)
    }
}

// MARK: Slots

extension SubTable {
    // Unsafe below: `slot` is less than `slots`, and the mapping holds that many in both columns.
    // A home is less than its range's `homes`, and walks to the right end at the range's last slot
    // at the latest, because it is empty. First entries are aligned to 4 bytes only.

    private static var keyBytes: Int { 16 }
    private static var firstEntryBytes: Int { 12 }

    /// Zero if the slot is empty.
    @inline(__always)
    func tail(at slot: Int) -> UInt64 {
        unsafe mapping.base.load(fromByteOffset: slot &* Self.keyBytes, as: UInt64.self)
    }

    @inline(__always)
    func low(at slot: Int) -> UInt64 {
        unsafe mapping.base.load(fromByteOffset: slot &* Self.keyBytes &+ 8, as: UInt64.self)
    }

    @inline(__always)
    func key(at slot: Int) -> Key {
        unsafe mapping.base.load(fromByteOffset: slot &* Self.keyBytes, as: Key.self)
    }

    @inline(__always)
    func firstEntry(at slot: Int) -> ParticipantTable.FirstEntry {
        let firstEntry =
            unsafe mapping.base + (slots &* Self.keyBytes &+ slot &* Self.firstEntryBytes)
        let entry = unsafe firstEntry.loadUnaligned(as: UInt64.self)
        let participant = unsafe firstEntry.load(fromByteOffset: 8, as: UInt32.self)
        return ParticipantTable.FirstEntry(
            entry: EntryNumber(rawValue: entry), participant: participant)
    }

    @inline(__always)
    func write(_ key: Key, at slot: Int) {
        unsafe mapping.base.storeBytes(of: key, toByteOffset: slot &* Self.keyBytes, as: Key.self)
    }

    @inline(__always)
    func write(_ firstEntry: ParticipantTable.FirstEntry, at slot: Int) {
        let start = unsafe mapping.base + (slots &* Self.keyBytes &+ slot &* Self.firstEntryBytes)
        unsafe start.storeBytes(of: firstEntry.entry.rawValue, as: UInt64.self)
        unsafe start.storeBytes(of: firstEntry.participant, toByteOffset: 8, as: UInt32.self)
    }

    /// Makes the slot empty, whatever it holds.
    @inline(__always)
    func clear(_ slot: Int) {
        unsafe mapping.base.storeBytes(of: 0, toByteOffset: slot &* Self.keyBytes, as: UInt64.self)
    }

    /// Moves the slots `first..<end` one to the right; `end` was empty. Runs are of a few slots,
    /// and shorter than a call to move them is long.
    private func moveRight(from first: Int, to end: Int) {
        var slot = end
        while slot > first {
            slot &-= 1
            write(key(at: slot), at: slot &+ 1)
            write(firstEntry(at: slot), at: slot &+ 1)
        }
    }

    /// Asks for a slot's memory, which is about to be copied. Any number will do.
    @inline(__always)
    func prefetch(_ slot: Int) {
        unsafe linux_prefetch(mapping.base + slot &* Self.keyBytes)
        unsafe linux_prefetch(
            mapping.base + (slots &* Self.keyBytes &+ slot &* Self.firstEntryBytes))
    }
}
