/// Which small numbers have been seen: a bit each.
struct BitSet {
    private var words: [UInt64] = []
    /// Different numbers.
    private(set) var count = 0

    /// Numbers from here on are not kept: 256 MiB of bits are enough.
    static var limit: Int { 1 << 31 }

    /// - Returns: whether the number is new; false for one that cannot be kept.
    mutating func insert(_ number: Int) -> Bool {
        guard number >= 0, number < Self.limit else { return false }
        let word = number >> 6
        if word >= words.count {
            let more = max(word + 1 - words.count, words.count)
            words.append(contentsOf: repeatElement(0, count: more))
        }
        let bit = UInt64(1) << UInt64(number & 63)
        if words[word] & bit != 0 { return false }
        words[word] |= bit
        count += 1
        return true
    }
}
