import Bytes
import Ledger
import LockFree
import Sockets
import Time

@testable import Gateway

/// A worker's side of its lane, without sockets: posts entries, and counts what they are answered,
/// as a worker does.
final class SimulatedLoop {
    private let shared: Shared
    private let number: Int
    private let lane: WorkerLane
    /// Answers since they were last taken, oldest first.
    private var answers: [AnswerEnvelope] = []
    /// Entries that wait for an answer.
    private(set) var inFlight = 0

    init(_ shared: Shared, number: Int) {
        self.shared = shared
        self.number = number
        lane = shared.lanes[number]
    }

    /// An entry of a person, on its way to the sequencer.
    struct Entry {
        /// Index of the operation, and of its front-end key.
        var operation: UInt32
        var key: UInt32
        var person: UInt64
        /// The connection's place: comes back with the answer.
        var connection: UInt32
        var ticket: UInt64 = 0
        var ticketEpoch: UInt64 = 0
    }

    /// Hands an entry over.
    /// - Returns: false where the ring has no room: the entry is shed.
    func post(_ entry: Entry) -> Bool {
        let command = EntryCommand(
            operation: entry.operation, key: entry.key,
            participant: Fingerprint(high: 1, low: entry.person), ageConfirmed: false,
            consentsGiven: true)
        var record = ByteBuffer(capacity: 256)
        record.append(
            EntryEnvelope(
                connection: EventToken(place: entry.connection, generation: 0),
                handedOver: shared.clock.monotonicNanoseconds(), command: command,
                ticket: entry.ticket, ticketEpoch: entry.ticketEpoch, sourceBytes: 0))
        record.append(zeros: 64)
        let shedding = shared.board.shedding(of: entry.operation)
        guard
            lane.commands.push(
                record.bytes, leaving: shedding.reserve(of: lane.commands.capacity))
        else {
            shared.instruments.countShed(shedding, lane: number)
            return false
        }
        inFlight += 1
        return true
    }

    /// Reads what the sequencer and the projector left for this loop.
    func receive() {
        while lane.answers.pop({ record in
            answers.append(record.envelope(as: AnswerEnvelope.self))
        }) {
            inFlight -= 1
            guard let answer = answers.last else { break }
            shared.instruments.count(answer.verdict, of: answer.operation, lane: number)
        }
        for case .ping(let sent) in lane.drainMessages() {
            shared.instruments.recordLoopLag(
                nanoseconds: shared.clock.monotonicNanoseconds() - sent, lane: number)
        }
    }

    /// Takes the answers that came since the last call.
    func drainAnswers() -> [AnswerEnvelope] {
        let drained = answers
        answers = []
        return drained
    }
}
