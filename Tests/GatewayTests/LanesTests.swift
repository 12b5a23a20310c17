import Bytes
import Foundation
import Ledger
import LockFree
import Sockets
import Synchronization
import Testing

@testable import Gateway

@Suite("What threads leave for each other")
struct LanesTests {
    private func lane() throws -> WorkerLane {
        var limits = Limits()
        limits.commandRingBytes = 65_536
        return try WorkerLane(limits: limits, connections: 16)
    }

    /// Runs bodies at once, each on a thread of its own, while `meanwhile` turns on this one.
    private func atOnce(
        _ count: Int, _ body: @escaping @Sendable (Int) -> Void, meanwhile: () -> Void
    ) {
        let left = Mutex(count)
        let counter = Shared(left)
        for number in 0..<count {
            Thread.detachNewThread {
                body(number)
                counter.value.withLock { $0 -= 1 }
            }
        }
        while counter.value.withLock({ $0 }) > 0 { meanwhile() }
        meanwhile()
    }

    private final class Shared: Sendable {
        let value: Mutex<Int>
        init(_ value: consuming Mutex<Int>) { self.value = value }
    }

    @Test("messages of several threads all arrive, each thread's in order")
    func messages() throws {
        let lane = try lane()
        var received: [UInt64] = []
        atOnce(4) { number in
            for count in 0..<1_000 { lane.post(.ping(UInt64(number) << 32 | UInt64(count))) }
        } meanwhile: {
            for case .ping(let word) in lane.drainMessages() { received.append(word) }
        }
        #expect(received.count == 4_000)
        for number in 0..<4 {
            let own = received.filter { $0 >> 32 == UInt64(number) }.map { $0 & 0xFFFF_FFFF }
            #expect(own == Array(0..<1_000))
        }
        #expect(lane.drainMessages().isEmpty)
        #expect(!lane.hasWork)
    }

    @Test("a message wakes a worker that sleeps")
    func waking() throws {
        let lane = try lane()
        lane.bell.prepareToSleep()
        #expect(!lane.hasWork)
        Thread.detachNewThread { lane.post(.drain) }
        #expect(lane.bell.wait(timeoutNanoseconds: 30_000_000_000))
        lane.bell.wokeUp()
        #expect(lane.hasWork)
        #expect(lane.drainMessages().count == 1)
    }

    @Test("requests of several threads are all taken, each thread's in order")
    func administration() {
        let lane = AdministrationLane()
        var taken: [String] = []
        atOnce(4) { number in
            for count in 0..<500 {
                lane.enqueue(
                    AdministrativeRequest(
                        record: AdministrativeRecord(
                            .fact(.started(version: "\(number).\(count)")), by: .gateway),
                        encoded: []
                    ) { _ in })
            }
        } meanwhile: {
            while let request = lane.next() {
                if case .fact(.started(let version, _, _)) = request.record.command {
                    taken.append(version)
                }
            }
        }
        #expect(taken.count == 2_000)
        for number in 0..<4 {
            let own = taken.filter { $0.hasPrefix("\(number).") }
            #expect(own == (0..<500).map { "\(number).\($0)" })
        }
        #expect(!lane.hasWork)
        #expect(lane.next() == nil)
    }

    @Test("there is room for an answer to each connection")
    func answers() throws {
        for connections in [1, 16, 100, 1_000] {
            var limits = Limits()
            limits.commandRingBytes = 65_536
            let lane = try WorkerLane(limits: limits, connections: connections)
            var sent = 0
            // Wherever the ring's end happens to be.
            for round in 0..<50 {
                for number in 0..<connections {
                    let answer = AnswerEnvelope(
                        connection: EventToken(place: UInt32(number), generation: UInt32(round)),
                        entry: UInt64(sent), operation: 1, participant: 2, verdict: .repeated)
                    #expect(lane.answers.push(answer))
                    sent += 1
                }
                for number in 0..<connections {
                    var answer: AnswerEnvelope?
                    lane.answers.pop { answer = $0.envelope(as: AnswerEnvelope.self) }
                    #expect(answer?.connection.place == UInt32(number))
                    #expect(answer?.connection.generation == UInt32(round))
                    #expect(answer?.verdict == .repeated)
                }
            }
        }
    }

    @Test("an envelope is read back as it was written")
    func envelopes() {
        let envelope = EntryEnvelope(
            connection: EventToken(place: 3, generation: 9), handedOver: .max,
            command: EntryCommand(
                operation: 7, key: 8, participant: Fingerprint(high: 1, low: 2),
                idempotency: Fingerprint(high: 3, low: 4), ageConfirmed: true,
                consentsGiven: false),
            sourceBytes: 64)
        var buffer = ByteBuffer(capacity: 1)
        buffer.append(envelope)
        buffer.append("source")
        let read = buffer.bytes.envelope(as: EntryEnvelope.self)
        #expect(read.connection == envelope.connection)
        #expect(read.handedOver == .max)
        #expect(read.sourceBytes == 64)
        #expect(read.command.participant == envelope.command.participant)
        #expect(read.command.idempotency == envelope.command.idempotency)
        #expect(read.command.ageConfirmed && !read.command.consentsGiven)
        #expect(buffer.count == MemoryLayout<EntryEnvelope>.size + 6)
    }
}
