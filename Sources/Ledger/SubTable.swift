import Glibc

/// One of the 256 parts of a ``ParticipantTable``: a sorted array with gaps, in one mapping.
///
/// Three arrays lie one behind the other, `slots` long each: fingerprints (16 bytes), entry numbers
/// (8), participants' numbers (4). A key's home is its place if keys were spread perfectly evenly
/// over the first `homes` slots; it lies there, or as little behind it as its elders allow:
///
///     place(i) = max(home(i), place(i - 1) + 1),   for keys in ascending order
///
/// So the layout depends on the keys alone and not on the order they came in; a search for a key
/// that is absent ends at the first greater one; and growing is one merge from left to right.
/// Behind the homes lies some slack, in place of wrapping around. The last slot is always empty:
/// every walk to the right ends there.
///
/// It is a plain value without an owner: ``ParticipantTable`` owns the mappings, and is the only
/// one to make or call these.
@safe
struct SubTable: BitwiseCopyable {
    /// Start of the mapping; `nil` until the first key comes.
    private var base: UnsafeMutableRawPointer?
    /// Keys held.
    private(set) var count = 0
    /// Slots of the mapping, empty ones included.
    private(set) var slots = 0
    /// Slots at which a key may be at home.
    private var homes = 0
    /// Size of the mapping.
    private(set) var mappedBytes = 0

    init() {
        unsafe base = nil
    }

    static var slotBytes: Int { 28 }
    static var pageBytes: Int { 4096 }

    /// The first slot whose key is not less than this one: its own, or where it belongs.
    private func place(of key: Fingerprint) -> Int {
        var place = home(of: key)
        while true {
            let other = fingerprint(at: place)
            if other.isNone || !(other.isBefore(key)) { return place }
            place += 1
        }
    }

    func find(_ key: Fingerprint) -> ParticipantTable.Seat? {
        guard slots > 0 else { return nil }
        let place = place(of: key)
        return fingerprint(at: place) == key ? seat(at: place) : nil
    }

    /// Whether `added` more keys, whichever they are, go in without growing.
    ///
    /// An insertion moves a run of keys by one slot, so if one empty slot more than there are
    /// insertions lies at the end, the last slot is still empty after them.
    func holds(_ added: Int) -> Bool {
        guard (count + added) <= slots - slots / 16 else { return false }
        for slot in (slots - added - 1)..<slots where !fingerprint(at: slot).isNone { return false }
        return true
    }

    /// Puts a key that is absent where it belongs.
    /// - Precondition: ``holds(_:)`` one more, and the key is absent.
    mutating func insert(_ key: Fingerprint, _ seat: ParticipantTable.Seat) {
        let place = place(of: key)
        var end = place
        while !fingerprint(at: end).isNone { end += 1 }
        precondition(end < slots - 1, "room was made before a key is put in")
        moveRight(from: place, to: end)
        write(key, seat, at: place)
        count += 1
    }

    /// Overwrites what is kept with a key that is there.
    func replace(_ key: Fingerprint, _ seat: ParticipantTable.Seat) {
        let place = place(of: key)
        precondition(fingerprint(at: place) == key, "replaces what is there")
        write(key, seat, at: place)
    }

    func forEach(_ body: (Fingerprint, ParticipantTable.Seat) -> Void) {
        for slot in 0..<slots where !fingerprint(at: slot).isNone {
            body(fingerprint(at: slot), seat(at: slot))
        }
    }
}

// MARK: Growing

extension SubTable {
    /// How large a part is that follows on this one: a sixteenth more, at least a page.
    ///
    /// Growing at 15/16 full by a sixteenth keeps at least 88 % of the slots in use, which makes
    /// 31.8 bytes a participant. What is larger grows faster but breaks the promise of 32 bytes.
    var nextMappedBytes: Int {
        mappedBytes + max(1, mappedBytes / Self.pageBytes / 16) * Self.pageBytes
    }

    /// A part with everything this one holds and room for `added` more keys; `nil` if memory is
    /// refused. This one stays as it is: the caller releases it.
    func grown(holding added: Int, atMost limitBytes: Int) -> SubTable? {
        var bytes = nextMappedBytes
        var slack = Self.slack(slots: bytes / Self.slotBytes)
        while bytes <= limitBytes {
            guard var larger = SubTable(mapping: bytes, slack: slack) else { return nil }
            if larger.take(self), larger.holds(added) { return larger }
            larger.release()
            // Only keys that crowd at the end, which no hash produces, come here more than once.
            slack *= 2
            bytes += max(Self.pageBytes, slack * Self.slotBytes)
        }
        return nil
    }

    mutating func release() {
        if let mapping = unsafe base { unsafe munmap(mapping, mappedBytes) }
        self = SubTable()
    }

    /// Slots behind the homes: as many as a run at the end is long once in thousands of fillings.
    private static func slack(slots: Int) -> Int {
        min(max(slots / 64, 8), 256)
    }

    /// An empty part in a mapping of its own; `nil` if the system gives none.
    private init?(mapping bytes: Int, slack: Int) {
        self.init()
        let mapping = unsafe mmap(
            nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)
        guard unsafe mapping != MAP_FAILED else { return nil }
        unsafe base = mapping
        mappedBytes = bytes
        slots = bytes / Self.slotBytes
        homes = max(1, slots - slack)
    }

    /// Takes over all keys of a smaller part, in order; `false` if they do not fit behind the homes.
    private mutating func take(_ smaller: SubTable) -> Bool {
        var free = 0
        for slot in 0..<smaller.slots {
            let key = smaller.fingerprint(at: slot)
            if key.isNone { continue }
            let place = max(home(of: key), free)
            guard place < slots - 1 else { return false }
            write(key, smaller.seat(at: slot), at: place)
            free = place + 1
        }
        count = smaller.count
        return true
    }
}

// MARK: Slots

extension SubTable {
    /// The key's fraction of the range that this part covers, scaled to the homes. The first byte
    /// has chosen the part; the 56 bits behind it are in the same order as the keys.
    private func home(of key: Fingerprint) -> Int {
        Int((key.high << 8).multipliedFullWidth(by: UInt64(homes)).high)
    }

    // Unsafe below: `slot` is less than `slots`, and the mapping is `slots * slotBytes` long at
    // least. Places come from `home`, which is less than `homes`, and walks to the right end at
    // the last slot at the latest, because it is empty.

    private func fingerprint(at slot: Int) -> Fingerprint {
        unsafe mapping.load(fromByteOffset: slot * 16, as: Fingerprint.self)
    }

    private func seat(at slot: Int) -> ParticipantTable.Seat {
        let entry = unsafe mapping.load(fromByteOffset: slots * 16 + slot * 8, as: UInt64.self)
        let number = unsafe mapping.load(fromByteOffset: slots * 24 + slot * 4, as: UInt32.self)
        return ParticipantTable.Seat(entry: EntryNumber(rawValue: entry), participant: number)
    }

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
        moveRight(from: first, length, start: 0, width: 16)
        moveRight(from: first, length, start: slots * 16, width: 8)
        moveRight(from: first, length, start: slots * 24, width: 4)
    }

    private func moveRight(from first: Int, _ length: Int, start: Int, width: Int) {
        let source = unsafe mapping + start + first * width
        unsafe (source + width).copyMemory(from: source, byteCount: length * width)
    }

    private var mapping: UnsafeMutableRawPointer {
        guard let base = unsafe base else {
            preconditionFailure("a part without keys has no slots")
        }
        return unsafe base
    }
}

extension Fingerprint {
    /// The order of the keys in a part.
    fileprivate func isBefore(_ other: Fingerprint) -> Bool {
        high == other.high ? low < other.low : high < other.high
    }
}
