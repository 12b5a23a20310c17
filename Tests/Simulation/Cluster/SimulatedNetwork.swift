/// The ways between nodes: how long bytes are on them, and which are cut. So frames of different
/// links come in any order, and those of one link in theirs.
final class SimulatedNetwork {
    let world: VirtualWorld
    private let random: SeededRandom
    /// From one node to another: ways that are cut.
    private var cuts: Set<[Int]> = []

    init(_ world: VirtualWorld, _ random: SeededRandom) {
        self.world = world
        self.random = random
    }

    func reaches(_ from: Int, _ to: Int) -> Bool { !cuts.contains([from, to]) }

    func cut(_ from: Int, _ to: Int) { cuts.insert([from, to]) }

    func heal(_ from: Int, _ to: Int) { cuts.remove([from, to]) }

    /// Nanoseconds on the way: some tenths of a millisecond, seldom a hundred times that.
    func delay() -> UInt64 {
        let usual = UInt64(100 + random.below(400)) * 1_000
        return random.oneIn(100) ? usual * 100 : usual
    }
}
