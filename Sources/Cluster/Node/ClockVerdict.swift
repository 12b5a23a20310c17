internal import Time

/// By how much this node's clock was off the others' when it was compared last, and by how much it
/// is now: it may have been set since, while nobody leads who would compare it again.
struct ClockVerdict {
    /// Milliseconds.
    private let found: Int64
    /// The wall clock less one that nobody sets, at that time: milliseconds.
    private let offset: Int64

    init(_ found: Int64, at clock: any MachineClock) {
        self.found = found
        offset = Self.offset(clock)
    }

    /// A clock that was right stays so: of two nodes, both are, and which one is set to the right
    /// time later is not known.
    func error(at clock: any MachineClock) -> Int64 {
        if [ClusterMember].isRight(clockError: found) { return found }
        return found.subtractingSaturating(offset.subtractingSaturating(Self.offset(clock)))
    }

    private static func offset(_ clock: any MachineClock) -> Int64 {
        clock.wallClock().milliseconds
            .subtractingSaturating(Int64(clamping: clock.elapsedNanoseconds() / 1_000_000))
    }
}
