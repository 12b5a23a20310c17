/// The participants: from a 128-bit fingerprint to the numbers of an entry and a participant.
///
/// Open addressing in 256 parts by the fingerprint's first byte, see ``SubTable``. Each part grows
/// separately and by a few per cent, so that no pause is longer than copying one part (about a
/// megabyte at ten million participants), and a participant takes at most 32 bytes from a million
/// on. The table maps memory by the page, and only for parts that hold something.
@safe
package struct ParticipantTable: ~Copyable {
    /// The value of a key.
    package struct FirstEntry: Equatable, Sendable, BitwiseCopyable {
        package var entry: EntryNumber
        package var participant: UInt32

        package init(entry: EntryNumber, participant: UInt32) {
            self.entry = entry
            self.participant = participant
        }
    }

    /// The result of ``findOrInsert(_:_:)``.
    package enum LookupResult: Equatable, Sendable {
        case found(FirstEntry)
        case inserted
        /// No memory; nothing has changed.
        case full
    }

    /// Keys held.
    package private(set) var count = 0
    /// Bytes of the whole table.
    package private(set) var memoryBytes = MemoryLayout<SubTable>.stride * partCount
    /// The upper bound of `memoryBytes`.
    private let memoryLimitBytes: Int
    /// 256 parts, allocated by `init`; each one's mapping is released by `deinit`.
    private let parts: UnsafeMutablePointer<SubTable>
    /// The mapping that the part that grew last no longer needs, for the next one that grows: to
    /// overwrite pages costs less than to have the system map and zero new ones.
    private(set) var spare = TableMapping()

    /// Parts that ``drain()`` has released.
    private var drained = 0

    private static var partCount: Int { 256 }

    /// - Parameter memoryLimitBytes: beyond it ``reserve(_:for:)`` fails, as if the system refused.
    package init(memoryLimitBytes: Int = .max) {
        self.memoryLimitBytes = memoryLimitBytes
        unsafe parts = UnsafeMutablePointer<SubTable>.allocate(capacity: Self.partCount)
        unsafe parts.initialize(repeating: SubTable(), count: Self.partCount)
    }

    deinit {
        for index in 0..<Self.partCount {
            var mapping = unsafe parts[index].mapping
            mapping.release()
        }
        unsafe parts.deallocate()
        var mapping = spare
        mapping.release()
    }

    /// The value of the key; `nil` if it is absent. Reads some ten neighbouring slots.
    package func find(_ key: Fingerprint) -> FirstEntry? {
        unsafe parts[Self.part(of: key)].find(SubTable.Key(key))
    }

    /// Prefetches the memory that finding or inserting this key will read, and does not wait for
    /// it. Changes nothing.
    package func prefetch(_ key: Fingerprint) {
        unsafe parts[Self.part(of: key)].prefetch(SubTable.Key(key))
    }

    /// Makes room for `added` more keys in this key's part: inserting them cannot fail then.
    /// - Returns: `false` if there is no memory; nothing has changed then.
    package mutating func reserve(_ added: Int = 1, for key: Fingerprint) -> Bool {
        let index = Self.part(of: key)
        return unsafe parts[index].holds(added) || grow(index, holding: added)
    }

    /// Inserts a key.
    /// - Precondition: room was reserved in its part, and the key is absent.
    package mutating func insert(_ key: Fingerprint, _ firstEntry: FirstEntry) {
        // Not by the pointer's subscript, here and below: Swift 6.3 cannot build a change through
        // it for the thread sanitizer.
        unsafe (parts + Self.part(of: key)).pointee.insert(SubTable.Key(key), firstEntry)
        count += 1
    }

    /// Gives a key another value.
    /// - Precondition: the key is there.
    mutating func replace(_ key: Fingerprint, _ firstEntry: FirstEntry) {
        unsafe (parts + Self.part(of: key)).pointee.replace(SubTable.Key(key), firstEntry)
    }

    /// The only key that shares this one's high half, and what is kept about it.
    /// - Precondition: no two keys of the table share their high halves.
    func find(sharingHighOf key: Fingerprint) -> (low: UInt64, firstEntry: FirstEntry)? {
        unsafe parts[Self.part(of: key)].find(sharingHighOf: SubTable.Key(key))
    }

    /// Puts a key in the place of the only one that shares its high half.
    /// - Precondition: there is one.
    mutating func replace(sharingHighOf key: Fingerprint, _ firstEntry: FirstEntry) {
        unsafe (parts + Self.part(of: key)).pointee.replace(
            sharingHighOf: SubTable.Key(key), firstEntry)
    }

    /// Finds the value of the key, or inserts this one where the key is absent.
    package mutating func findOrInsert(_ key: Fingerprint, _ firstEntry: FirstEntry) -> LookupResult
    {
        if let found = find(key) { return .found(found) }
        guard reserve(for: key) else { return .full }
        insert(key, firstEntry)
        return .inserted
    }

    /// Every key and its value, in the order of the keys.
    package func forEach(_ body: (Fingerprint, FirstEntry) -> Void) {
        for index in 0..<Self.partCount {
            let part = unsafe parts[index]
            part.forEachSlot {
                body(part.key(at: $0).fingerprint(part: index), part.firstEntry(at: $0))
            }
        }
    }

    /// Releases one part's memory with its keys: a table that is no longer read is released in 256
    /// steps, each as short as growing once.
    mutating func drain() {
        guard drained < Self.partCount else { return }
        var mapping = unsafe parts[drained].mapping
        count -= unsafe parts[drained].count
        unsafe parts[drained] = SubTable()
        drained += 1
        memoryBytes -= mapping.bytes + spare.bytes
        mapping.release()
        spare.release()
    }

    // MARK: Snapshots

    /// Writes every part's layout and slots.
    package func encode(into writer: inout SnapshotWriter) throws {
        for index in 0..<Self.partCount {
            let part = unsafe parts[index]
            part.layout.encode(into: &writer)
            if part.slotsBytes > 0 {
                let mapping = part.mapping
                try writer.write(mapping.prefix(part.slotsBytes))
            }
        }
    }

    /// Reads what ``encode(into:)`` wrote, straight into the memory of the parts.
    /// - Throws: ``SnapshotError``, and what the source throws.
    package init(from reader: inout SnapshotReader, memoryLimitBytes: Int) throws {
        self.init(memoryLimitBytes: memoryLimitBytes)
        for index in 0..<Self.partCount {
            let layout = try SubTable.Layout(from: &reader)
            guard layout.slots > 0 else { continue }
            // Before any memory is asked for: the layout may be damaged.
            try reader.requireBytes(layout.slotsBytes)
            guard memoryBytes + layout.mappingBytes <= memoryLimitBytes,
                let mapping = TableMapping(bytes: layout.mappingBytes)
            else { throw SnapshotError.noMemory }
            // The part owns the mapping from here on, also where reading it fails.
            let part = SubTable(layout, in: mapping)
            unsafe parts[index] = part
            memoryBytes += mapping.bytes
            count += part.count
            var memory = mapping
            var slots = memory.mutablePrefix(part.slotsBytes)
            try reader.fill(&slots)
            guard part.hasSoundEnds else { throw SnapshotError.malformed("a part without an end") }
        }
    }

    private mutating func grow(_ index: Int, holding added: Int) -> Bool {
        let old = unsafe parts[index]
        let others = memoryBytes - old.mapping.bytes - spare.bytes
        let limit = memoryLimitBytes - others
        let larger = old.grown(holding: added, in: &spare, atMost: limit)
        if let larger {
            unsafe parts[index] = larger
            spare = old.mapping
        }
        let mine = unsafe parts[index].mapping.bytes
        if mine + spare.bytes > limit { spare.release() }
        memoryBytes = others + mine + spare.bytes
        return larger != nil
    }

    private static func part(of key: Fingerprint) -> Int {
        Int(key.high >> 56)
    }
}

// The pointers inside are the table's alone: it cannot be copied, and nothing it returns refers to
// them. So it may go from one thread to another, as every noncopyable value of values may.
extension ParticipantTable: @unchecked Sendable {}
