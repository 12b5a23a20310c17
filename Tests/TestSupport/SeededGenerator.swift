internal import Glibc

/// Random numbers that can be had again: SplitMix64 (Steele, Lea and Flood, 2014). One seed, one
/// sequence, on every machine.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// With the seed of `PORTILLON_SEED`, else one of the moment; prints it, so that a failure can
    /// be repeated.
    package static func printed(_ purpose: String = #function) -> SeededGenerator {
        let given = unsafe getenv("PORTILLON_SEED").flatMap { unsafe UInt64(String(cString: $0)) }
        let seed = given ?? .random(in: 0...UInt64(UInt32.max))
        print("\(purpose): PORTILLON_SEED=\(seed)")
        return SeededGenerator(seed: seed)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
