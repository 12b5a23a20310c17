import LockFree
import Testing

@Suite("A counter table", .serialized)
struct CounterTableTests {
    @Test("sums what each shard counted, counter by counter")
    func sums() {
        for counters in [1, 7, 8, 15, 16, 17, 100] {
            let table = CounterTable(shards: 3, counters: counters)
            for shard in 0..<3 {
                for counter in 0..<counters {
                    table.add(UInt64(counter * 10 + shard), to: counter, shard: shard)
                    table.add(to: counter, shard: shard)
                }
            }
            for counter in 0..<counters {
                #expect(table.total(of: counter) == UInt64(counter * 30 + 3 + 3))
            }
        }
    }

    @Test("wraps rather than traps at 2^64")
    func wraps() {
        let table = CounterTable(shards: 1, counters: 1)
        table.add(.max, to: 0, shard: 0)
        table.add(3, to: 0, shard: 0)
        #expect(table.total(of: 0) == 2)
    }

    @Test("may be laid out far larger than memory, because only what is counted in is taken")
    func isLazy() {
        let table = CounterTable(shards: 8, counters: 1 << 31)
        table.add(5, to: (1 << 31) - 1, shard: 7)
        #expect(table.total(of: (1 << 31) - 1) == 5)
    }

    @Test("is exact when two threads have counted the same counter")
    func exactBetweenThreads() {
        let table = CounterTable(shards: 2, counters: 20)
        let rounds = 1_000_000
        atOnce(
            { for _ in 0..<rounds { table.add(to: 3, shard: 0) } },
            { for _ in 0..<rounds { table.add(to: 3, shard: 1) } },
            {
                var last: UInt64 = 0
                while last < UInt64(rounds) {
                    let total = table.total(of: 3)
                    #expect(total >= last)
                    last = total
                }
            })
        #expect(table.total(of: 3) == UInt64(2 * rounds))
    }

    @Test("stops a programmer who counts outside it")
    func trapsOutside() async {
        await #expect(processExitsWith: .failure) {
            CounterTable(shards: 1, counters: 4).add(to: 4, shard: 0)
        }
        await #expect(processExitsWith: .failure) {
            CounterTable(shards: 1, counters: 4).add(to: 0, shard: 1)
        }
        await #expect(processExitsWith: .failure) {
            _ = CounterTable(shards: 1, counters: 4).total(of: -1)
        }
    }
}

@Suite("A gauge table")
struct GaugeTableTests {
    @Test("keeps the last value of each gauge, negative ones too")
    func keepsValues() {
        let table = GaugeTable(gauges: 3)
        #expect(table.value(of: 0) == 0)
        table.set(.min, gauge: 0)
        table.set(-7, gauge: 1)
        table.add(9, to: 1)
        table.add(-5, to: 2)
        #expect(table.value(of: 0) == .min)
        #expect(table.value(of: 1) == 2)
        #expect(table.value(of: 2) == -5)
    }
}
