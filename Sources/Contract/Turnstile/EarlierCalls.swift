/// Tokens that a turnstile holds, after a restart, for any of the numbers up to `last`.
struct EarlierCalls: Sendable, BitwiseCopyable {
    var last: UInt64 = 0
    var held = 0
    var until: Int64 = 0
}
