import Benchmark
import LockFree

/// What the gateway counts with, called as it calls it: across the module boundary, on objects that
/// the compiler knows nothing about, with places that come from memory.
func counters() -> [String] {
    increments() + [
        measure("histogram: record", .mega) {
            let table = HistogramTable(shards: 2, histograms: 8)
            let values = durations()
            var recorded: UInt64 = 0
            return { benchmark in
                benchmark.startMeasurement()
                for _ in 0..<1_000 {
                    for value in values { table.record(value, in: 3, shard: 1) }
                }
                benchmark.stopMeasurement()
                recorded += 1_000_000
                try Wrong.unless(table.snapshot(of: 3).count, is: recorded, "values recorded")
            }
        },
        measure("gauge: set", .mega) {
            let table = GaugeTable(gauges: 4)
            let values = durations()
            return { benchmark in
                benchmark.startMeasurement()
                for _ in 0..<1_000 {
                    for value in values { table.set(Int64(value), gauge: Int(value & 3)) }
                }
                benchmark.stopMeasurement()
                let last = values[999]
                try Wrong.unless(UInt64(table.value(of: Int(last & 3))), is: last, "the gauge")
            }
        },
        measure("gauge: add", .mega) {
            let table = GaugeTable(gauges: 4)
            let values = durations()
            let sum = values.reduce(0, +)
            var added: UInt64 = 0
            return { benchmark in
                benchmark.startMeasurement()
                for _ in 0..<1_000 {
                    for value in values { table.add(Int64(value), to: Int(value & 3)) }
                }
                benchmark.stopMeasurement()
                added += 1_000 * sum
                let total = (0..<4).reduce(Int64(0)) { $0 + table.value(of: $1) }
                try Wrong.unless(UInt64(total), is: added, "the sum of the gauges")
            }
        },
    ]
}

// MARK: Counters

private func increments() -> [String] {
    [
        // One counter, as fast as it goes: each increment waits for the one before.
        measure("counter: increment by its owner", .mega) {
            let tally = Tally(places: [Int](repeating: 37, count: 1_000))
            return { benchmark in
                benchmark.startMeasurement()
                tally.count(shard: 0)
                benchmark.stopMeasurement()
                try tally.check(perSample: 1_000_000)
            }
        },
        measure("counter: increment by its owner, 16 in turn", .mega) {
            let tally = Tally(places: (0..<1_000).map { $0 * 37 % 16 * 5 })
            return { benchmark in
                benchmark.startMeasurement()
                tally.count(shard: 0)
                benchmark.stopMeasurement()
                try tally.check(perSample: 1_000_000)
            }
        },
        // The time of one of the two, which does as many as the other, at the same time.
        measure("counter: increment by 2 threads at once, each", .mega) {
            let tally = Tally(places: [Int](repeating: 37, count: 1_000))
            let companion = Companion { tally.count(shard: 1) }
            return { benchmark in
                benchmark.startMeasurement()
                companion.alongside { tally.count(shard: 0) }
                benchmark.stopMeasurement()
                try tally.check(perSample: 2_000_000)
            }
        },
    ]
}

/// A table of counters, and how much it should have counted.
private final class Tally: Sendable {
    private let table = CounterTable(shards: 2, counters: 80)
    private let places: [Int]
    private let samples = Samples()

    /// - Parameter places: 1,000, which are counted at again and again.
    init(places: [Int]) {
        precondition(places.count == 1_000, "a thousand rounds of a thousand are a million")
        self.places = places
    }

    /// A million increments.
    @inline(never)
    func count(shard: Int) {
        for _ in 0..<1_000 {
            for place in places { table.add(1, to: place, shard: shard) }
        }
    }

    /// Every increment of every sample is there, and no other.
    func check(perSample: UInt64) throws(Wrong) {
        let expected = samples.next() * perSample
        let found = (0..<80).reduce(UInt64(0)) { $0 + table.total(of: $1) }
        try Wrong.unless(found, is: expected, "the total of all counters")
    }
}

/// A thousand durations from a microsecond to ten milliseconds, in nanoseconds, as many in each
/// octave: what answers take.
func durations() -> [UInt64] {
    var generator = SeededGenerator(seed: 1)
    return (0..<1_000).map { _ in
        let octave = UInt64.random(in: 10...22, using: &generator)
        return UInt64.random(in: (1 << octave)..<(2 << octave), using: &generator)
    }
}
