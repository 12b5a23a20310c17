/// How many entries a turnstile lets in at once, however many tokens are held.
///
/// A pace that rises, or many who stay away, leave tokens for people who then come together: the
/// machine behind the turnstile would have to take seconds of the pace in one moment. So a bucket
/// of 20 ms of the pace is filled a twentieth faster than the pace (a leaky bucket as a meter,
/// ITU-T I.371).
///
/// It is in force where the pace protects the platform. A pace that a person has set is a promise
/// to those who wait: what is held for them they have at once.
struct BurstAllowance: Equatable, Sendable {
    var isInForce = false
    /// In thousandths of an entry.
    private var left = minimum

    private static var minimum: Int64 { 20_000 }
    private static var milliseconds: Int64 { 20 }
    private static var fillPermille: Int64 { 1_050 }

    /// Whether none may be let in at this moment.
    var isUsedUp: Bool { isInForce && left < 1_000 }

    /// One is let in.
    mutating func use() { left = max(left - 1_000, 0) }

    /// Time has passed, in which so many thousandths of a token came at this pace.
    mutating func add(_ tokens: Int64, pace: Int64) {
        left = min(
            left + tokens * Self.fillPermille / 1_000, max(pace * Self.milliseconds, Self.minimum))
    }
}
