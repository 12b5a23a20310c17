import Synchronization
import Time

/// A node's clock: the world's time, and a wall clock that may be wrong.
final class NodeClock: MachineClock {
    private let world: VirtualWorld
    private let error = Atomic<Int64>(0)

    /// Behind the ``Prehistory``, in the afternoon: an operation of one entry a day has one day.
    private static let beginning: Int64 = 1_790_000_100_000

    init(_ world: VirtualWorld) {
        self.world = world
    }

    /// By how much the wall clock is wrong: milliseconds.
    var errorMilliseconds: Int64 {
        get { error.load(ordering: .relaxed) }
        set { error.store(newValue, ordering: .relaxed) }
    }

    func monotonicNanoseconds() -> UInt64 { world.now }
    func elapsedNanoseconds() -> UInt64 { world.now }
    func threadNanoseconds() -> UInt64 { 0 }
    func isSynchronized() -> Bool { false }

    func wallClock() -> Timestamp {
        Timestamp(
            milliseconds: Self.beginning + Int64(world.now / 1_000_000) + errorMilliseconds)
    }
}
