/// Who has entered: from a 128-bit fingerprint to an entry's number and a participant's.
///
/// Open addressing in 256 parts by the fingerprint's first byte, see ``SubTable``. Each grows by
/// itself and by a few per cent, so there is no pause longer than copying one part (about a
/// megabyte at ten million participants) and never more than 32 bytes a participant from a million
/// on. Memory comes from the system by the page, and only for parts that hold something.
@safe
package struct ParticipantTable: ~Copyable {
    /// What is kept about a key.
    package struct FirstEntry: Equatable, Sendable, BitwiseCopyable {
        package var entry: EntryNumber
        package var participant: UInt32

        package init(entry: EntryNumber, participant: UInt32) {
            self.entry = entry
            self.participant = participant
        }
    }

    /// What ``findOrInsert(_:_:)`` found.
    package enum LookupResult: Equatable, Sendable {
        case found(FirstEntry)
        case inserted
        /// No memory; nothing has changed.
        case full
    }

    /// Keys held.
    package private(set) var count = 0
    /// Bytes that the table takes, everything included.
    package private(set) var memoryBytes = MemoryLayout<SubTable>.stride * partCount
    /// What `memoryBytes` may not pass.
    private let memoryLimitBytes: Int
    /// 256 parts, allocated by `init`; each one's mapping is released by `deinit`.
    private let parts: UnsafeMutablePointer<SubTable>
    /// What the part that grew last has left, for the next one that grows: pages that the system
    /// has given and zeroed once are dearer to get again than to write over.
    private(set) var spare = TableMapping()

    /// Parts that ``drain()`` has been through.
    private var drained = 0

    private static var partCount: Int { 256 }

    /// - Parameter memoryLimitBytes: beyond which no key is taken in, as if the system refused.
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

    /// What is kept about the key; `nil` if it is absent. One walk over some ten neighbouring
    /// slots.
    package func find(_ key: Fingerprint) -> FirstEntry? {
        unsafe parts[Self.part(of: key)].find(SubTable.Key(key))
    }

    /// Asks for the memory that looking for this key, or putting it in, will touch, and does not
    /// wait for it. Changes nothing.
    package func prefetch(_ key: Fingerprint) {
        unsafe parts[Self.part(of: key)].prefetch(SubTable.Key(key))
    }

    /// Makes sure that `added` more keys go into this key's part: memory is refused here or never.
    /// - Returns: `false` if there is none; nothing has changed then.
    package mutating func reserve(_ added: Int = 1, for key: Fingerprint) -> Bool {
        let index = Self.part(of: key)
        return unsafe parts[index].holds(added) || grow(index, holding: added)
    }

    /// Puts in a key that is absent.
    /// - Precondition: room was reserved in its part, and the key is absent.
    package mutating func insert(_ key: Fingerprint, _ firstEntry: FirstEntry) {
        // Not by the pointer's subscript, here and below: Swift 6.3 cannot build a change through
        // it for the thread sanitizer.
        unsafe (parts + Self.part(of: key)).pointee.insert(SubTable.Key(key), firstEntry)
        count += 1
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

    /// What is kept about the key, or else the first entry given, which is kept from now on.
    package mutating func findOrInsert(_ key: Fingerprint, _ firstEntry: FirstEntry) -> LookupResult
    {
        if let found = find(key) { return .found(found) }
        guard reserve(for: key) else { return .full }
        insert(key, firstEntry)
        return .inserted
    }

    /// Every key and what is kept about it, in the order of the keys.
    package func forEach(_ body: (Fingerprint, FirstEntry) -> Void) {
        for index in 0..<Self.partCount {
            let part = unsafe parts[index]
            part.forEachSlot {
                body(part.key(at: $0).fingerprint(part: index), part.firstEntry(at: $0))
            }
        }
    }

    /// Gives one part's memory back and forgets its keys: a table that is no longer consulted goes
    /// in 256 steps, each as short as growing once.
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

    /// Writes every part's layout and slots; a table read back has them where they were.
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

    /// Takes over what ``encode(into:)`` wrote: reads straight into the memory of the parts.
    /// - Throws: ``SnapshotError``, and what the source throws.
    package init(from reader: inout SnapshotReader, memoryLimitBytes: Int) throws {
        self.init(memoryLimitBytes: memoryLimitBytes)
        for index in 0..<Self.partCount {
            let layout = try SubTable.Layout(from: &reader)
            guard layout.slots > 0 else { continue }
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
