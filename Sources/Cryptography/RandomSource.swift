/// Where random words come from, as a seam: the system's generator in a gateway, a seeded one in a
/// simulation. Keys and nonces never come by here; they are drawn from ``Random`` alone.
package protocol RandomSource: Sendable {
    /// 64 random bits.
    func word() -> UInt64
}

/// The cryptographic generator, ``Random``.
package struct SystemRandom: RandomSource {
    package init() {}

    package func word() -> UInt64 { Random.word() }
}
