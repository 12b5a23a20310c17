internal import Bytes

extension SubTable.Layout {
    /// Whether a search of slots that lie so stays within them.
    ///
    /// What a table reads and writes lies between `start` and `end` of its two ranges; so these,
    /// and the empty slot that each ends with (``SubTable/hasSoundEnds``), are all that its memory
    /// safety rests on. Whether the keys are the right ones is for the snapshot's hash to say.
    var isSound: Bool {
        guard slots > 0 else { return self == Self.empty }
        let limit = 1 << 40
        // As many slots as fit: so a mapping is never larger than what the snapshot holds of it.
        return mappingBytes > 0 && mappingBytes < limit
            && mappingBytes % SubTableSize.pageBytes == 0
            && slots == mappingBytes / SubTableSize.slotBytes
            && settled.start == 0 && recent.start == settled.end && recent.end == slots
            && settled.isSound && recent.isSound && used >= recent.start && used < recent.end
    }

    static let empty = SubTable().layout

    private static let numbers: [any WritableKeyPath<Self, Int> & Sendable] = [
        \.mappingBytes, \.slots, \.used, \.settled.start, \.settled.end, \.settled.homes,
        \.settled.count, \.recent.start, \.recent.end, \.recent.homes, \.recent.count,
    ]

    /// What ``encode(into:)`` writes for a part that holds nothing, as most do.
    private static let emptyBytes: [UInt8] = {
        var buffer = ByteBuffer(capacity: 8 * numbers.count)
        for number in numbers { buffer.append(littleEndian: UInt64(empty[keyPath: number])) }
        return buffer.bytes.array
    }()

    func encode(into writer: inout SnapshotWriter) {
        if self == Self.empty { return Self.emptyBytes.withBytes { writer.append($0) } }
        for number in Self.numbers { writer.append(UInt64(self[keyPath: number])) }
    }

    init(from reader: inout SnapshotReader) throws {
        self = Self.empty
        // All numbers at once: each read is one of the file.
        let bytes = try reader.readBytes(8 * Self.numbers.count)
        if Self.emptyBytes.withBytes({ bytes.bytes.equals($0) }) { return }
        var values = ByteReader(bytes.bytes)
        for number in Self.numbers {
            let value: UInt64 = try values.read()
            guard let value = Int(exactly: value) else {
                throw SnapshotError.malformed("a number of slots")
            }
            self[keyPath: number] = value
        }
        guard isSound else { throw SnapshotError.malformed("the layout of a part") }
    }
}

extension SubTable.SlotRange {
    /// At least one home, and behind the homes the slot that stays empty.
    fileprivate var isSound: Bool {
        start >= 0 && end > start && homes >= 1 && homes < end - start && count >= 0
            && count < end - start
    }
}

extension SubTable {
    /// Whether both ranges end with an empty slot, and none is in use behind the recent keys.
    var hasSoundEnds: Bool {
        slots == 0
            || tail(at: settled.end - 1) == 0
                && (layout.used..<recent.end).allSatisfy { tail(at: $0) == 0 }
    }
}
