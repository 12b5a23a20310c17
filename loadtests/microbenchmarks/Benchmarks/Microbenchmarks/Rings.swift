import Benchmark
import Bytes
import Foundation
import LockFree
import Synchronization

/// Entries on their way from a worker to the sequencer.
func rings() -> [String] {
    [
        measure("ring: write and read, one thread", .kilo) {
            { benchmark in
                let ring = ByteRing(capacity: 4 << 20)
                let record = entryRecord()
                var bytes = 0
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations {
                    _ = ring.push(record.bytes)
                    ring.pop { bytes += $0.byteCount }
                }
                benchmark.stopMeasurement()
                try Wrong.unless(UInt64(bytes), is: UInt64(record.count * 1_000), "bytes read")
            }
        },
        // As a busy turn of the worker and of the sequencer does it.
        measure("ring: write 100, then read them, one thread, each", .kilo) {
            { benchmark in
                let ring = ByteRing(capacity: 4 << 20)
                let record = entryRecord()
                var bytes = 0
                benchmark.startMeasurement()
                for _ in 0..<10 {
                    for _ in 0..<100 { _ = ring.push(record.bytes) }
                    ring.drain {
                        bytes += $0.byteCount
                        return true
                    }
                }
                benchmark.stopMeasurement()
                try Wrong.unless(UInt64(bytes), is: UInt64(record.count * 1_000), "bytes read")
            }
        },
        // As fast as they go; the bell is rung after each record, and heard when the reader sleeps.
        measure("ring: through, between two threads, with a bell", .mega, seconds: 3) {
            let line = try Line()
            let samples = Samples()
            line.read { _ in }
            return { benchmark in
                let record = entryRecord()
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations { line.write(record.bytes) }
                let expected = samples.next() * 1_000_000
                spin { line.taken.load(ordering: .acquiring) >= expected }
                benchmark.stopMeasurement()
                let taken = line.taken.load(ordering: .acquiring)
                try Wrong.unless(taken, is: expected, "records taken")
            }
        },
        // One at a time: each thread sleeps until the other has rung.
        measure("ring: there and back, two threads woken by bells", .kilo, seconds: 3) {
            let there = try Line()
            let back = try Line()
            there.read { back.write($0) }
            return { benchmark in
                let record = entryRecord()
                var bytes = 0
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations {
                    there.write(record.bytes)
                    back.take { bytes += $0.byteCount }
                }
                benchmark.stopMeasurement()
                try Wrong.unless(UInt64(bytes), is: UInt64(record.count * 1_000), "bytes back")
            }
        },
    ]
}

/// As long as an entry in the ring: the envelope and what was sealed.
private func entryRecord() -> ByteBuffer {
    var record = ByteBuffer(capacity: 168)
    record.append(zeros: 168)
    return record
}

/// A ring and the bell of its reader.
private final class Line: Sendable {
    private let ring = ByteRing(capacity: 4 << 20)
    private let bell: Doorbell
    /// Records taken by the thread of ``read(_:)``.
    let taken = Atomic<UInt64>(0)

    init() throws {
        bell = try Doorbell()
    }

    /// Writes a record, waiting for room awake, and rings.
    func write(_ record: RawSpan) {
        spin { ring.push(record) }
        bell.ring()
    }

    /// Starts a thread that reads all that comes, until the process ends.
    func read(_ body: @escaping @Sendable (RawSpan) -> Void) {
        Thread { [self] in
            while true {
                let count = take(body)
                taken.add(UInt64(count), ordering: .releasing)
            }
        }.start()
    }

    /// Takes what is there, asleep until there is something, and returns how many records it was.
    @discardableResult
    func take(_ body: (RawSpan) -> Void) -> Int {
        while true {
            let count = ring.drain { record in
                body(record)
                return true
            }
            if count > 0 { return count }
            bell.prepareToSleep()
            if ring.isEmpty { bell.wait() }
            bell.wokeUp()
        }
    }
}
