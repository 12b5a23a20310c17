internal import Cryptography

/// When refused clients may come back: never before it is worth it, and not all in one moment.
///
/// They are spread over a stretch behind that moment, in proportion to the wait, and at most five
/// minutes long. A loop draws from a generator of its own.
struct RetrySpread: BitwiseCopyable {
    private var state: UInt64

    init(seed: UInt64 = Random.word()) {
        state = seed
    }

    /// Milliseconds until one client may come back after a pause that nobody measured: over half of
    /// it, at least four seconds.
    mutating func milliseconds(after pause: Int64) -> UInt64 {
        milliseconds(after: pause, stretch: max(pause / 2, 4_000))
    }

    /// The same for a moment that is known, so long from now: clients come at different times, and
    /// have different waits already. Over an eighth of the wait, at least one second.
    mutating func milliseconds(until wait: Int64) -> UInt64 {
        milliseconds(after: max(wait, 0), stretch: max(wait / 8, 1_000))
    }

    static var longestMilliseconds: Int64 { 300_000 }

    private mutating func milliseconds(after wait: Int64, stretch: Int64) -> UInt64 {
        UInt64(wait) + next() % UInt64(min(stretch, Self.longestMilliseconds) + 1)
    }

    /// SplitMix64 (G. Steele, D. Lea, C. Flood, 2014).
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
