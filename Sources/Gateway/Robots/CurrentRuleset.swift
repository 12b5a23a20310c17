internal import Cryptography
internal import Robots
internal import Synchronization

/// The ruleset in force, which a reload replaces. The lock is held to copy the reference; those who
/// judge have been told of it by a message.
final class CurrentRuleset: Sendable {
    private let value: Mutex<RobotRuleset>
    /// ``RobotRuleset/number`` of the one in force.
    private let currentNumber: Atomic<UInt16>

    init(_ ruleset: Ruleset) {
        value = Mutex(RobotRuleset(ruleset, number: 0))
        currentNumber = Atomic(0)
    }

    var current: RobotRuleset { value.withLock { $0 } }

    /// Its number: tells a thread that looks often whether there is another one, without the lock.
    var number: UInt16 { currentNumber.load(ordering: .acquiring) }

    /// - Returns: nil where the file is the same, byte for byte.
    func change(to fresh: Ruleset) -> RobotRuleset? {
        value.withLock { current in
            guard !fresh.digest.equalsInConstantTime(current.ruleset.digest) else { return nil }
            current = RobotRuleset(fresh, number: current.number &+ 1)
            currentNumber.store(current.number, ordering: .releasing)
            return current
        }
    }
}
