import Bytes
import Foundation
import TestSupport
import Testing
import Time

@testable import Ledger

/// What a large operation takes; only with `PORTILLON_LARGE=1`, and in a release build:
/// `PORTILLON_LARGE=1 swift test -c release -Xswiftc -enable-testing --filter LargeTests`.
@Suite("Ten million participants", .serialized)
struct LargeTests {
    private static var isAsked: Bool {
        ProcessInfo.processInfo.environment["PORTILLON_LARGE"] == "1"
    }
    private static var length: Int { 72 }

    @Test(
        "A table takes 32 bytes a participant at most, at any number above a million",
        .enabled(if: isAsked))
    func bytesAParticipant() {
        var table = ParticipantTable()
        var random = SeededGenerator(seed: 5)
        var worst = 0.0
        for number in 1...10_000_000 {
            let key = Fingerprint(high: random.next(), low: random.next())
            _ = table.findOrInsert(
                key,
                .init(entry: EntryNumber(rawValue: UInt64(number)), participant: UInt32(number)))
            let bytes = Double(table.memoryBytes) / Double(number)
            if number > 1_000_000 { worst = max(worst, bytes) }
            if [1_000_000, 2_000_000, 5_000_000, 10_000_000].contains(number) {
                print("bytes a participant at \(number): \(bytes)")
            }
        }
        print("bytes a participant at the worst number: \(worst)")
        #expect(worst <= 32)
    }

    @Test("Ten million entries are entered, and replayed", .enabled(if: isAsked))
    func replay() throws {
        let count = 10_000_000
        let clock = ContinuousClock()
        let world = World()
        try world.open("summer")
        let sealed = [UInt8](repeating: 7, count: 32)
        var records = ByteBuffer(capacity: count * Self.length)
        let entering = clock.measure {
            for number in 0..<count {
                let command = EntryCommand(
                    operation: 0, key: 0, participant: .person(UInt64(number)))
                let at = World.start.advanced(byMilliseconds: Int64(number / 20))
                let outcome = world.ledger.enter(command, at: at)
                guard case .accepted(let entry, let participant) = outcome else { return }
                // Unsafe: the bytes of a span of bytes are all initialised.
                unsafe EntryRecord.encode(
                    command, entry: entry, participant: participant, source: RawSpan(),
                    sealed: sealed.span.bytes, into: &records)
            }
        }
        print("entered and encoded \(count) in \(entering), cpu \(cpuSeconds()) s so far")
        #expect(records.count == count * Self.length)

        let other = World()
        try other.open("summer")
        var ledger = Ledger()
        swap(&ledger, &other.ledger)
        let before = cpuSeconds()
        let replaying = try clock.measure {
            for batch in 0..<(count / 50) {
                let first = batch * 50 * Self.length
                for start in stride(from: first, to: first + 50 * Self.length, by: Self.length) {
                    let record = records.bytes.extracting(start..<(start + Self.length))
                    ledger.anticipate(kind: EntryRecord.kind, bytes: record)
                }
                for number in (batch * 50)..<(batch * 50 + 50) {
                    let start = number * Self.length
                    try ledger.replay(
                        kind: EntryRecord.kind,
                        bytes: records.bytes.extracting(start..<(start + Self.length)),
                        at: World.start.advanced(byMilliseconds: Int64(number / 20)))
                }
            }
        }
        print("replaying took \(cpuSeconds() - before) s of processor time")
        print("replayed \(count) in \(replaying), \(ledger.decider.participants.memoryBytes) bytes")
        #expect(
            ledger.counts(of: 0) == OperationCounts(entries: 10_000_000, participants: 10_000_000)
        )
        let last = ledger.lastEntry
        #expect(last == world.ledger.lastEntry)
    }
}

/// Processor time of this thread, which other load on the machine does not count in.
private func cpuSeconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
