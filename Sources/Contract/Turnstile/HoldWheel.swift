/// How many tokens are held for called participants, by when each is passed on.
///
/// A ring of counts, one for each tick of 128 ms: adding, removing and the passing of a tick are
/// constant time. It takes no memory until something is held.
struct HoldWheel: Sendable {
    private var counts: ContiguousArray<UInt32> = []
    /// Tokens that are held now.
    private(set) var total = 0
    /// The tick of the present; what was held until an earlier one has ended.
    private(set) var current: Int64

    /// How far ahead the wheel reaches, in ticks: 131 s.
    static var ticks: Int64 { 1_024 }

    init(at tick: Int64) {
        current = tick
    }

    /// The tick of this time.
    static func tick(of milliseconds: Int64) -> Int64 { milliseconds >> 7 }

    /// The first tick that begins at this time or later: what is held until then is held at least
    /// until this time.
    static func tick(endOf milliseconds: Int64) -> Int64 { tick(of: milliseconds + 127) }

    /// The last tick for which something can be held now.
    var last: Int64 { current + Self.ticks - 1 }

    /// Holds tokens through this tick.
    /// - Precondition: the tick is from ``current`` to ``last``.
    mutating func add(_ count: Int = 1, until tick: Int64) {
        precondition(tick >= current && tick <= last, "a hold within the wheel")
        if counts.isEmpty {
            counts = ContiguousArray(repeating: 0, count: Int(Self.ticks))
        }
        counts[slot(tick)] += UInt32(count)
        total += count
    }

    /// Takes back what ``add(_:until:)`` has added with this tick, which has not passed.
    mutating func remove(until tick: Int64) {
        precondition(tick >= current && tick <= last, "a hold that has not ended")
        counts[slot(tick)] -= 1
        total -= 1
    }

    /// Lets time go on; ends what was held until an earlier tick.
    /// - Returns: how many tokens that were.
    mutating func advance(to tick: Int64) -> Int {
        guard tick > current else { return 0 }
        let before = total
        if total > 0 {
            for passed in current..<min(tick, current + Self.ticks) {
                total -= Int(counts[slot(passed)])
                counts[slot(passed)] = 0
            }
        }
        current = tick
        return before - total
    }

    private func slot(_ tick: Int64) -> Int { Int(tick & (Self.ticks - 1)) }
}
