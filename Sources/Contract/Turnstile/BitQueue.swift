/// A queue of bits.
struct BitQueue: Sendable {
    private var words: [UInt64] = []
    /// The number of removed bits in the first word.
    private var skipped = 0
    private(set) var count = 0

    subscript(index: Int) -> Bool {
        let place = skipped + index
        return words[place / 64] >> UInt64(place % 64) & 1 != 0
    }

    mutating func set(_ index: Int) {
        let place = skipped + index
        words[place / 64] |= 1 << UInt64(place % 64)
    }

    /// Appends clear bits.
    mutating func append(_ bits: Int) {
        count += bits
        let needed = (skipped + count + 63) / 64
        if words.count < needed {
            words.append(contentsOf: repeatElement(0, count: needed - words.count))
        }
    }

    /// The number of set bits in a range; looks at words, not at bits.
    func count(in range: Range<Int>) -> Int {
        var (place, end, count) = (skipped + range.lowerBound, skipped + range.upperBound, 0)
        while place < end {
            let first = place % 64
            let length = min(64 - first, end - place)
            let bits = words[place / 64] >> UInt64(first)
            count += (length == 64 ? bits : bits & (1 << UInt64(length) - 1)).nonzeroBitCount
            place += length
        }
        return count
    }

    mutating func removeFirst(_ bits: Int) {
        count -= bits
        skipped += bits
        words.removeFirst(skipped / 64)
        skipped %= 64
    }
}
