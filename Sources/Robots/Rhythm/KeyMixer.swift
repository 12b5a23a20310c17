/// Makes the keys of the tables: 64 bits from an operation and what is looked at, mixed with a seed
/// that nobody outside knows, so that nobody can aim at a slot.
struct KeyMixer: Sendable {
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
    }

    /// The scope of an operation, for ``key(_:_:_:)``.
    func scope(operation: UInt32) -> UInt64 {
        Self.mix(seed ^ UInt64(operation) &* 0xD6E8_FEB8_6659_FD93)
    }

    /// - Parameters:
    ///   - kind: which use of a table: the same value under two kinds gives two keys.
    ///   - scope: of an operation, or a key that is narrowed further.
    @inline(__always)
    func key(_ kind: UInt64, _ scope: UInt64, _ value: UInt64) -> UInt64 {
        Self.mix(scope &+ kind &* 0x9E37_79B9_7F4A_7C15 ^ value &* 0xD134_2543_DE82_EF95)
    }

    /// The finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
