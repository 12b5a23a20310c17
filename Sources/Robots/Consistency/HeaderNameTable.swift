internal import Bytes

/// Recognises the names of header fields, in either case, and whether they are spelled as browsers
/// spell them.
///
/// A name is its first eight bytes, its last eight, and its length: two loads, one multiplication,
/// and for the few names of more than 16 bytes a look at what is between. Setting bit 5 lowers
/// letters and leaves digits and hyphens as they are; of the bytes of a token, only letters become
/// letters, and only these become digits or hyphens.
struct HeaderNameTable: Sendable {
    private struct Entry: Sendable, BitwiseCopyable {
        var first: UInt64
        var last: UInt64
        /// As browsers write it; all ones where any spelling will do.
        var spelledFirst: UInt64
        var spelledLast: UInt64
        /// Where the name is in ``texts``.
        var start: UInt16
        var count: UInt8
    }

    static var unknown: UInt8 { 0xFF }
    private static var lower: UInt64 { 0x2020_2020_2020_2020 }
    private static var anySpelling: UInt64 { .max }

    /// By hash; 0xFF where there is none.
    private let slots: [UInt8]
    private let entries: [Entry]
    private let texts: [UInt8]

    /// - Parameters:
    ///   - names: by number, in lower case, each once; at most 64.
    ///   - spellings: names as browsers write them, in any order.
    init(_ names: [String], spellings: [String]) {
        precondition(names.count <= RulesetLimits.headers, "a word has a bit for each name")
        var entries: [Entry] = []
        var texts: [UInt8] = []
        var slots = [UInt8](repeating: Self.unknown, count: 256)
        for (number, name) in names.enumerated() {
            let words = Self.words(name)
            let spelling = spellings.first { $0.lowercased() == name }.map(Self.words)
            entries.append(
                Entry(
                    first: words.first | Self.lower, last: words.last | Self.lower,
                    spelledFirst: spelling?.first ?? Self.anySpelling,
                    spelledLast: spelling?.last ?? Self.anySpelling, start: UInt16(texts.count),
                    count: UInt8(name.utf8.count)))
            texts += Array(name.utf8)
            var slot = Self.slot(words.first | Self.lower, words.last | Self.lower)
            while slots[slot] != Self.unknown { slot = (slot + 1) & 255 }
            slots[slot] = UInt8(number)
        }
        self.entries = entries
        self.texts = texts
        self.slots = slots
    }

    /// Looks the names of a request's fields up, one after the other.
    ///
    /// A method, because an initialiser would own the table while it runs: reference counts that
    /// threads share.
    /// - Parameter hash: of the head; the fields are added to it.
    func walk(
        _ head: RawSpan, _ fields: Span<HeaderRange>, _ hash: inout HeadHash
    ) -> HeaderWalk {
        var walk = HeaderWalk()
        for index in 0..<min(fields.count, 255) {
            let field = fields[index]
            let found = find(
                head, start: Int(field.nameStart), count: Int(field.nameCount))
            hash.add(field, found, of: head)
            if found.number == Self.unknown { continue }
            walk.take(
                found.number, at: UInt8(truncatingIfNeeded: index), isSpelled: found.isSpelled)
        }
        return walk
    }

    /// What a name is.
    struct Found: Sendable, BitwiseCopyable {
        /// ``unknown`` where it is none of the table's.
        var number = HeaderNameTable.unknown
        /// It is spelled as browsers spell it, or may be spelled as one likes.
        var isSpelled = true
        /// Its number says all its bytes: it is spelled as browsers spell it.
        var isExact = false
    }

    /// Looks a name up.
    /// - Precondition: the name lies within the head.
    @inline(__always)
    func find(_ head: RawSpan, start: Int, count: Int) -> Found {
        guard count > 0 else { return Found() }
        let first = head.word(at: start, count: count)
        let last = count > 8 ? head.word(at: start &+ count &- 8, count: 8) : first
        let lowerFirst = first | Self.lower
        let lowerLast = last | Self.lower
        var slot = Self.slot(lowerFirst, lowerLast)
        let slots = self.slots.span
        let entries = self.entries.span
        while true {
            let number = slots[slot]
            if number == Self.unknown { return Found() }
            let entry = entries[Int(number)]
            if entry.first == lowerFirst, entry.last == lowerLast, Int(entry.count) == count,
                count <= 16 || isSame(head, start, count, Int(entry.start))
            {
                let isExact =
                    count <= 16 && entry.spelledFirst == first && entry.spelledLast == last
                let isSpelled =
                    entry.spelledFirst == Self.anySpelling
                    || (entry.spelledFirst == first && entry.spelledLast == last)
                return Found(number: number, isSpelled: isSpelled, isExact: isExact)
            }
            slot = (slot &+ 1) & 255
        }
    }

    /// What is between the first eight bytes and the last.
    private func isSame(_ head: RawSpan, _ start: Int, _ count: Int, _ text: Int) -> Bool {
        for index in 8..<(count &- 8)
        where head.byte(at: start &+ index) | 0x20 != texts[text &+ index] {
            return false
        }
        return true
    }

    @inline(__always)
    private static func slot(_ first: UInt64, _ last: UInt64) -> Int {
        let mixed = (first ^ (last &* 0x9E37_79B9_7F4A_7C15)) &* 0xBF58_476D_1CE4_E5B9
        return Int(mixed >> 56)
    }

    private static func words(_ name: String) -> (first: UInt64, last: UInt64) {
        name.withBytes { bytes in
            let first = bytes.word(at: 0, count: bytes.byteCount)
            let last =
                bytes.byteCount > 8 ? bytes.word(at: bytes.byteCount - 8, count: 8) : first
            return (first, last)
        }
    }
}
