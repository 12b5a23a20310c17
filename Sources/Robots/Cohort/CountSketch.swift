/// How often a key was seen lately, in bounded memory: a count-min sketch with conservative updates
/// (Cormode and Muthukrishnan, "An Improved Data Stream Summary", 2005; Estan and Varghese, 2002).
/// It never counts too little, and too much only where both of a key's counters collide. Both lie
/// in one cache line.
struct CountSketch: ~Copyable, Sendable {
    /// From the highest bit: 16 bits of the epoch of the last count, 16 of the count in quarters.
    private var counters: ZeroedTable

    private static let perLine = 16

    /// - Parameter counters: a power of two, at least 16.
    init(counters: Int) {
        self.counters = ZeroedTable(of: UInt32.self, count: max(counters, Self.perLine))
    }

    var memoryBytes: Int { counters.memoryBytes }

    /// The part of a key that says which counters of its line are its own.
    @inline(__always)
    static func places(of key: UInt64) -> UInt64 {
        key & 0xFFFF_0000_0000_0000
    }

    /// Asks for the memory that ``count(_:epoch:isCounted:)`` looks at.
    @inline(__always)
    func prefetch(_ key: UInt64) {
        counters.prefetch(Int(truncatingIfNeeded: key) &* Self.perLine, of: UInt32.self)
    }

    /// How often the key was counted before, each epoch that has passed since halving it; counts it
    /// once more, if asked to.
    @inline(__always)
    mutating func count(_ key: UInt64, epoch: UInt32, isCounted: Bool = true) -> Double {
        let line = Int(truncatingIfNeeded: key) &* Self.perLine
        let place = Int(truncatingIfNeeded: key >> 56) & 15
        // One of the other fifteen.
        let distance = 1 &+ (Int(truncatingIfNeeded: key >> 48 & 0xFF) &* 15) >> 8
        let first = line &+ place
        let second = line &+ (place &+ distance) & 15
        let one = Self.quarters(counters[first, of: UInt32.self], epoch: epoch)
        let other = Self.quarters(counters[second, of: UInt32.self], epoch: epoch)
        let before = min(one, other)
        guard isCounted else { return Double(before) * 0.25 }
        let after = min(before &+ 4, 0xFFFF)
        let stamp = epoch << 16
        counters.update(first, of: UInt32.self) { $0 = stamp | max(one, after) }
        counters.update(second, of: UInt32.self) { $0 = stamp | max(other, after) }
        return Double(before) * 0.25
    }

    /// How often two keys were counted before: a value in all, and within a head.
    struct Pair {
        let all: Double
        let inside: Double
    }

    @inline(__always)
    mutating func pair(
        _ key: UInt64, _ headKey: UInt64, _ epoch: UInt32, _ isCounted: Bool
    ) -> Pair {
        let all = count(key, epoch: epoch, isCounted: isCounted)
        return Pair(all: all, inside: count(headKey, epoch: epoch, isCounted: isCounted))
    }

    @inline(__always)
    private static func quarters(_ counter: UInt32, epoch: UInt32) -> UInt32 {
        let passed = (epoch &- counter >> 16) & 0xFFFF
        return passed >= 16 ? 0 : (counter & 0xFFFF) >> passed
    }
}
