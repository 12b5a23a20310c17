import LockFree
import Synchronization
import TestSupport
import Testing

@Suite("A histogram's buckets")
struct HistogramBucketsTests {
    @Test("follow each other without gap or overlap, and hold their edges")
    func areContiguous() {
        #expect(HistogramBuckets.lowerEdge(of: 0) == 0)
        for bucket in 0..<HistogramBuckets.count {
            let lower = HistogramBuckets.lowerEdge(of: bucket)
            let upper = HistogramBuckets.upperEdge(of: bucket)
            #expect(lower <= upper)
            #expect(HistogramBuckets.index(of: lower) == bucket)
            #expect(HistogramBuckets.index(of: upper) == bucket)
            #expect(HistogramBuckets.index(of: lower + (upper - lower) / 2) == bucket)
            if bucket > 0 {
                #expect(lower == HistogramBuckets.upperEdge(of: bucket - 1) + 1)
            }
        }
        #expect(HistogramBuckets.upperEdge(of: HistogramBuckets.count - 1) == .max)
    }

    @Test("end at every power of two")
    func endAtOctaves() {
        for octave in 0...HistogramBuckets.lastOctave {
            let bound: UInt64 = 1 << UInt64(octave)
            let bucket = HistogramBuckets.index(of: bound)
            #expect(HistogramBuckets.upperEdge(of: bucket) == bound)
            #expect(HistogramBuckets.index(of: bound + 1) == bucket + 1)
        }
        #expect(HistogramBuckets.index(of: (1 << 36) + 1) == HistogramBuckets.count - 1)
    }

    @Test("end at 1, 2.5 and 5 times every power of ten that service levels are agreed on in")
    func endAtDecimals() {
        let bounds = HistogramBuckets.decimalBounds
        #expect(bounds.count == 21)
        #expect(
            bounds == bounds.sorted() && bounds.first == 10_000 && bounds.last == 50_000_000_000)
        for bound in bounds {
            let bucket = HistogramBuckets.index(of: bound)
            #expect(HistogramBuckets.upperEdge(of: bucket) == bound)
            #expect(HistogramBuckets.index(of: bound + 1) == bucket + 1)
        }
        let table = HistogramTable(shards: 1, histograms: 1)
        for bound in bounds {
            for value in (bound - 1)...(bound + 1) { table.record(value, in: 0, shard: 0) }
        }
        let snapshot = table.snapshot(of: 0)
        for (index, bound) in bounds.enumerated() {
            #expect(snapshot.cumulativeCount(atMost: bound) == UInt64(3 * index + 2))
        }
    }

    @Test("are found as by counting, for every value around small ones and octave edges")
    func matchCounting() {
        var values = [UInt64](0...5000)
        for octave in 12..<64 {
            let bound: UInt64 = 1 << UInt64(octave)
            values += (bound - 70)...(bound + 70)
        }
        for bound in HistogramBuckets.decimalBounds { values += (bound - 70)...(bound + 70) }
        let edges = (0..<HistogramBuckets.count).map { HistogramBuckets.upperEdge(of: $0) }
        for value in values {
            let counted = edges.firstIndex { value <= $0 }
            if counted != HistogramBuckets.index(of: value) {
                Issue.record("\(value) is in \(String(describing: counted))")
            }
        }
    }

    @Test("are at most an eighth as wide as the values in them")
    func areNarrow() {
        for bucket in 1..<(HistogramBuckets.count - 1) {
            let lower = HistogramBuckets.lowerEdge(of: bucket)
            let width = HistogramBuckets.upperEdge(of: bucket) - lower + 1
            #expect(width == 1 || width * 8 <= lower)
        }
    }
}

@Suite("A histogram table", .serialized)
struct HistogramTableTests {
    @Test("has counts, sum and cumulative counts of exactly what was recorded")
    func records() {
        var random = SeededGenerator.printed()
        let table = HistogramTable(shards: 3, histograms: 4)
        var values: [UInt64] = []
        for index in 0..<3000 {
            let value = random.next() >> UInt64(20 + index % 44)
            values.append(value)
            table.record(value, in: 2, shard: index % 3)
        }
        let snapshot = table.snapshot(of: 2)
        #expect(snapshot.count == 3000)
        #expect(table.count(of: 2) == 3000)
        #expect(table.count(of: 1) == 0)
        #expect(snapshot.sum == values.reduce(0, &+))
        for octave in 0...HistogramBuckets.lastOctave {
            let expected = values.count { $0 <= 1 << UInt64(octave) }
            #expect(snapshot.cumulativeCount(atMostOctave: octave) == UInt64(expected))
        }
        for other in [0, 1, 3] {
            #expect(table.snapshot(of: other) == HistogramSnapshot())
        }
    }

    @Test("counts a value that came many times at once as often as it came")
    func manyTimes() {
        let table = HistogramTable(shards: 2, histograms: 2)
        table.record(0, times: 1_000, in: 1, shard: 0)
        table.record(7, times: 3, in: 1, shard: 1)
        table.record(7, in: 1, shard: 1)
        let snapshot = table.snapshot(of: 1)
        #expect(snapshot.count == 1_004 && snapshot.sum == 28)
        #expect(snapshot.cumulativeCount(atMost: 1) == 1_000)
        #expect(table.count(of: 1) == 1_004)
        #expect(table.count(of: 0) == 0)
    }

    @Test("tells quantiles to within an eighth")
    func tellsQuantiles() throws {
        var random = SeededGenerator.printed()
        let table = HistogramTable(shards: 1, histograms: 1)
        #expect(table.snapshot(of: 0).quantile(0.5) == nil)
        var values = (0..<5000).map { _ in random.next() >> UInt64(30 + random.next() % 30) }
        for value in values { table.record(value, in: 0, shard: 0) }
        values.sort()
        let snapshot = table.snapshot(of: 0)
        for q in [0, 0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1] {
            let exact = values[max(0, Int((q * 5000).rounded(.up)) - 1)]
            let told = try #require(snapshot.quantile(q))
            #expect(HistogramBuckets.index(of: told) == HistogramBuckets.index(of: exact))
        }
    }

    @Test("tells the last edge for a quantile beyond it")
    func tellsTheLastEdge() {
        let table = HistogramTable(shards: 1, histograms: 1)
        table.record(.max, in: 0, shard: 0)
        #expect(table.snapshot(of: 0).quantile(0.99) == 1 << 36)
        #expect(table.snapshot(of: 0).cumulativeCount(atMostOctave: 36) == 0)
        #expect(table.snapshot(of: 0).count == 1)
    }

    @Test("gives what came between two snapshots, and what several have together")
    func subtractsAndMerges() {
        let table = HistogramTable(shards: 1, histograms: 1)
        table.record(10, in: 0, shard: 0)
        let earlier = table.snapshot(of: 0)
        table.record(20, in: 0, shard: 0)
        table.record(30, in: 0, shard: 0)
        let later = table.snapshot(of: 0)
        let between = later.since(earlier)
        #expect(between.count == 2)
        #expect(between.sum == 50)
        #expect(between.cumulativeCount(atMostOctave: 4) == 0)
        var both = between
        both.merge(earlier)
        #expect(both == later)
    }

    /// Two threads record without a pause, so that a reader seldom gets through by itself and the
    /// writers have to answer. With constant values the sum says how many of them it holds.
    @Test("reads count and sum of the same values while both shards are recorded in without pause")
    func staysConsistent() {
        let table = HistogramTable(shards: 2, histograms: 2)
        let value: UInt64 = 12_347
        let readings = 3000
        let isDone = Atomic<Bool>(false)
        let recorded = Atomic<UInt64>(0)
        @Sendable func recordAll(shard: Int) {
            var count: UInt64 = 0
            while !isDone.load(ordering: .relaxed) {
                table.record(value, in: 1, shard: shard)
                count += 1
            }
            recorded.add(count, ordering: .relaxed)
        }
        atOnce(
            { recordAll(shard: 0) },
            { recordAll(shard: 1) },
            {
                var last: UInt64 = 0
                var mixtures = 0
                for _ in 0..<readings {
                    let snapshot = table.snapshot(of: 1)
                    let count = snapshot.count
                    if snapshot.sum != count &* value || count < last { mixtures += 1 }
                    last = count
                }
                isDone.store(true, ordering: .relaxed)
                #expect(mixtures == 0)
            })
        #expect(table.snapshot(of: 1).count == recorded.load(ordering: .relaxed))
    }

    @Test("lets several read at once")
    func severalRead() {
        let table = HistogramTable(shards: 1, histograms: 1)
        let left = Atomic<Int>(2)
        @Sendable func readAll() {
            for _ in 0..<300 {
                let snapshot = table.snapshot(of: 0)
                #expect(snapshot.sum == snapshot.count * 1000)
            }
            left.subtract(1, ordering: .relaxed)
        }
        atOnce(
            { while left.load(ordering: .relaxed) > 0 { table.record(1000, in: 0, shard: 0) } },
            { readAll() }, { readAll() })
    }
}
