import Foundation

/// Randomness that can be had again: SplitMix64 (Steele, Lea, Flood, 2014) from a printed seed.
struct Seed: RandomNumberGenerator {
    private var state: UInt64

    /// Takes the seed from `PORTILLON_SEED`, else a fresh one, and prints it with its purpose.
    init(for purpose: String) {
        let given = ProcessInfo.processInfo.environment["PORTILLON_SEED"].flatMap(UInt64.init)
        state = given ?? UInt64.random(in: 0...UInt64(UInt32.max))
        print("\(purpose): PORTILLON_SEED=\(state)")
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
