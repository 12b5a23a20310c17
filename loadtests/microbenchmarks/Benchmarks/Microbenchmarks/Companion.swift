import Foundation
import Synchronization

/// A second thread, which does its part of each sample while the benchmark's own does another.
///
/// It waits awake, so that a sample has no waking up in it, and ends with the process, which the
/// library starts for one benchmark only.
final class Companion: Sendable {
    /// Samples that were asked for, that it has begun, that it has ended.
    private let asked = Atomic<Int>(0)
    private let begun = Atomic<Int>(0)
    private let ended = Atomic<Int>(0)
    private let work: @Sendable () -> Void

    init(_ work: @escaping @Sendable () -> Void) {
        self.work = work
        Thread { [self] in
            for sample in 1... {
                spin { asked.load(ordering: .acquiring) >= sample }
                begun.store(sample, ordering: .releasing)
                self.work()
                ended.store(sample, ordering: .releasing)
            }
        }.start()
    }

    /// Does the companion's work and this at the same time; returns when both have ended.
    func alongside(_ own: () -> Void) {
        let sample = asked.add(1, ordering: .releasing).newValue
        spin { begun.load(ordering: .acquiring) == sample }
        own()
        spin { ended.load(ordering: .acquiring) == sample }
    }
}

/// Waits awake, but lets others on where the machine has fewer cores than there are threads.
func spin(until condition: () -> Bool) {
    var turns = 0
    while !condition() {
        turns += 1
        if turns % 10_000 == 0 { sched_yield() }
    }
}

/// Samples taken so far; for classes that threads share.
final class Samples: Sendable {
    private let taken = Atomic<UInt64>(0)

    /// Their number, the one at hand included.
    func next() -> UInt64 { taken.add(1, ordering: .relaxed).newValue }
}
