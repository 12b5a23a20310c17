/// What a turnstile knows of one number: 32 bits.
///
/// A time is a tick of ``HoldWheel``, of which the lower bits are kept: it is read as the one that
/// is nearest to the present, so it may be a year away from it.
struct PlaceState: Equatable, Sendable, BitwiseCopyable {
    private var bits: UInt32

    private static var used: UInt32 { 1 << 31 }
    private static var returned: UInt32 { 1 << 30 }
    private static var held: UInt32 { 1 << 29 }
    private static var tickBits: UInt32 { 29 }

    /// A number that is expected until this tick.
    init(expectedUntil tick: Int64) {
        bits = Self.low(tick)
    }

    /// An entry was admitted with it.
    var isUsed: Bool {
        get { bits & Self.used != 0 }
        set { set(Self.used, newValue) }
    }

    /// It has come after it was called, found no token, and waits for the next.
    var isReturned: Bool {
        get { bits & Self.returned != 0 }
        set { set(Self.returned, newValue) }
    }

    /// A token is or was held for it, until the tick that it is expected until.
    var isHeld: Bool {
        get { bits & Self.held != 0 }
        set { set(Self.held, newValue) }
    }

    /// When it is expected at the latest.
    /// - Parameter current: the tick of the present.
    func expectedUntil(near current: Int64) -> Int64 {
        let difference = (bits &- Self.low(current)) << (32 - Self.tickBits)
        return current + Int64(Int32(bitPattern: difference) >> Int32(32 - Self.tickBits))
    }

    mutating func expect(until tick: Int64) {
        bits = bits & ~(1 << Self.tickBits - 1) | Self.low(tick)
    }

    private mutating func set(_ flag: UInt32, _ isSet: Bool) {
        bits = isSet ? bits | flag : bits & ~flag
    }

    private static func low(_ tick: Int64) -> UInt32 {
        UInt32(truncatingIfNeeded: tick) & (1 << tickBits - 1)
    }
}
