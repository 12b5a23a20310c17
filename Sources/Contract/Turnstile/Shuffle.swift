/// A random order of `count` things that follows from a seed, without a list: each place comes once
/// (a permutation).
///
/// Four rounds of a balanced Feistel network (M. Luby, C. Rackoff, 1988) over the smallest even
/// number of bits that has room, repeated until the result is below `count` ("cycle walking",
/// J. Black, P. Rogaway, 2002): on average less than four times. The round function is the
/// finalizer of SplitMix64. Whoever knows the seed can compute the order: FORMAT.md has it.
package struct Shuffle: Equatable, Codable, Sendable, BitwiseCopyable {
    /// Below 2^53, see ``QueueCounters/epoch``.
    package let seed: UInt64
    package let count: UInt64

    package init(seed: UInt64, count: UInt64) {
        self.seed = seed
        self.count = count
    }

    /// The place of the thing at this index, both from 0.
    /// - Precondition: the index is below `count`.
    package func place(of index: UInt64) -> UInt64 {
        precondition(index < count, "an index of the order")
        var place = index
        repeat { place = scramble(place) } while place >= count
        return place
    }

    /// Bits of one half.
    private var halfBits: UInt64 {
        let bits = UInt64(64 - (count - 1).leadingZeroBitCount)
        return max((bits + 1) / 2, 1)
    }

    private func scramble(_ value: UInt64) -> UInt64 {
        let mask = (UInt64(1) << halfBits) - 1
        var (left, right) = (value >> halfBits, value & mask)
        for round in 1...4 as ClosedRange<UInt64> {
            (left, right) = (right, left ^ (Self.mix((seed &+ (round << 56)) ^ right) & mask))
        }
        return left << halfBits | right
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
