/// Makes the keys of the tables: 64 bits from an operation and what is looked at, mixed with a seed
/// that nobody outside knows, so that nobody can aim at a slot.
///
/// Values are hashes already, so one multiplication mixes them enough. The sum of two keys is a key
/// of both: all keys of an entry are made side by side, and none waits for another.
struct KeyMixer: Sendable {
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
    }

    /// The scope of an operation, for ``key(_:_:_:)``: the finalizer of SplitMix64 (Steele, Lea and
    /// Flood, 2014).
    @inline(__always)
    func scope(operation: UInt32) -> UInt64 {
        var mixed = seed ^ UInt64(operation) &* 0xD6E8_FEB8_6659_FD93
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Both halves of a product of two secrets, one of which the value changes (Wang Yi, "wyhash",
    /// 2019).
    /// - Parameters:
    ///   - kind: which use of a table: the same value under two kinds gives two keys.
    ///   - scope: of an operation, or a key that is narrowed further.
    @inline(__always)
    func key(_ kind: UInt64, _ scope: UInt64, _ value: UInt64) -> UInt64 {
        let factor = (kind &* 0x9E37_79B9_7F4A_7C15 ^ seed) | 1
        let product = (scope ^ value).multipliedFullWidth(by: factor)
        return product.high ^ product.low
    }
}
