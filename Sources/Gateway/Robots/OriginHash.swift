internal import Addresses

/// Keyed hashes of where entries come from: all bits depend on all of an address, which the rules
/// of layers 3 and 4 rely on. The same on every thread of one process, and of no other.
struct OriginHash: BitwiseCopyable, Sendable {
    private let key: UInt64

    /// - Parameter key: secret, drawn at the start.
    init(key: UInt64) {
        self.key = key
    }

    /// Never 0, which stands for what is not known.
    func hash(_ address: IPAddress) -> UInt64 { hash(address.high, address.low) }

    /// The same for two words.
    func hash(_ high: UInt64, _ low: UInt64) -> UInt64 {
        max(Self.mix(Self.mix(high ^ key) &+ low &+ 0x9E37_79B9_7F4A_7C15), 1)
    }

    /// The finalizer of SplitMix64 (Steele, Lea and Flood 2014).
    private static func mix(_ word: UInt64) -> UInt64 {
        var word = word
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
