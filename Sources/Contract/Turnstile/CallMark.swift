/// The number that a turnstile had called last at a moment, in milliseconds of its own time.
struct CallMark: Sendable, BitwiseCopyable {
    var at: Int64
    var called: UInt64
}
