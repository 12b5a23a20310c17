internal import Addresses
internal import Bytes
internal import Synchronization

/// How many TLS handshakes each address may begin in a second, over all loops: a token bucket that
/// holds one second's worth. A handshake costs the server more than the client; without a bound one
/// address could take all of the time there is.
///
/// A bucket is one number, the time at which it will be full again (the generic cell rate
/// algorithm, ITU-T I.371). Full ones are forgotten within a second, so there are never more than
/// handshakes can begin in two.
///
/// An address is a subscriber's (``IPAddress/subscriber``). This machine's own have no limit: a
/// proxy in front speaks for everyone.
final class HandshakeBudget: Sendable {
    private let interval: UInt64
    private let buckets = Mutex(Buckets())

    private struct Buckets {
        var full: [IPAddress: UInt64] = [:]
        var swept: UInt64 = 0
    }

    private static var second: UInt64 { 1_000_000_000 }

    init(perSecond: Int) {
        interval = max(Self.second / UInt64(max(perSecond, 1)), 1)
    }

    /// Takes a token, or says that there is none.
    /// - Parameter now: nanoseconds of the monotonic clock.
    func admit(_ address: IPAddress, now: UInt64) -> Bool {
        if address.isLoopback { return true }
        return buckets.withLock { buckets in
            if now >= buckets.swept &+ Self.second {
                buckets.full = buckets.full.filter { $0.value > now }
                buckets.swept = now
            }
            let full = max(buckets.full[address.subscriber] ?? 0, now) + interval
            guard full <= now + Self.second else { return false }
            buckets.full[address.subscriber] = full
            return true
        }
    }

    /// Buckets that are not full.
    var count: Int { buckets.withLock { $0.full.count } }
}
