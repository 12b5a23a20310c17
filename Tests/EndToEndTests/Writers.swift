import Foundation
import Synchronization

/// What a gateway has acknowledged, as its front ends remember it.
struct Acknowledgement: Equatable, Sendable {
    var entry: String
    var number: Int
    var at: String
}

/// Front ends that post entries as fast as they are answered, each over its own connection, until
/// that ends or they are told to stop; and what they remember of it.
final class Writers: Sendable {
    /// What all of them know together.
    struct Memory: Sendable {
        /// Acknowledged with 201 or 200, by participant.
        var acknowledged: [String: Acknowledgement] = [:]
        /// Sent, but not answered, or with 5xx: stored or not, nobody can say yet.
        var unanswered: Set<String> = []
        /// Answered with something else, by status: nothing was promised.
        var refused: [Int: Int] = [:]
        /// What must not be: an answer that contradicts another one.
        var faults: [String] = []
    }

    private let memory = Mutex(Memory())
    private let isStopped = Atomic(false)
    private let finished = DispatchGroup()

    var known: Memory { memory.withLock { $0 } }

    /// Starts front ends, each with participants of its own: `<run>-<number>-<count>`.
    /// - Parameters:
    ///   - limit: entries that each posts at most.
    ///   - pauseMilliseconds: that each waits before the next one.
    func start(
        _ count: Int, run: String, port: UInt16, operation: Operation, limit: Int = .max,
        members: String = "", pauseMilliseconds: Int32 = 0
    ) {
        for number in 0..<count {
            finished.enter()
            Thread.detachNewThread { [self] in
                defer { finished.leave() }
                post(
                    as: "\(run)-\(number)", to: operation, port: port, limit: limit, members,
                    pauseMilliseconds: pauseMilliseconds)
            }
        }
    }

    /// Tells them to stop after the answer that each waits for.
    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// Waits until all have stopped.
    /// - Returns: whether they did in time.
    func join(withinSeconds seconds: Double = 180) -> Bool {
        finished.wait(timeout: .now() + seconds) == .success
    }

    private func post(
        as name: String, to operation: Operation, port: UInt16, limit: Int, _ members: String,
        pauseMilliseconds: Int32
    ) {
        var pending: String?
        do {
            let connection = try HTTPConnection(port: port)
            var count = 0
            while count < limit && !isStopped.load(ordering: .relaxed) {
                let participant = "\(name)-\(count)"
                pending = participant
                let entry = operation.entry(participant, members: members)
                let answer = try connection.exchange(entry.text)
                record(answer, of: participant)
                pending = nil
                count += 1
                // What is sent after that is read by nobody.
                if answer["connection"] == "close" { return }
                if pauseMilliseconds > 0 { pause(milliseconds: pauseMilliseconds) }
            }
        } catch {
            // A broken connection is what the test is about; a garbled answer is a fault.
            memory.withLock { memory in
                if let pending { memory.unanswered.insert(pending) }
                if case .malformed(let what) = error { memory.faults.append(what) }
                if error == .timedOut { memory.faults.append("\(name): no answer in time") }
            }
        }
    }

    /// Remembers an answer, and holds it against what is remembered already.
    func record(_ answer: HTTPAnswer, of participant: String) {
        memory.withLock { memory in
            guard answer.status == 201 || answer.status == 200 else {
                memory.refused[answer.status, default: 0] += 1
                // A gateway that fails cannot know what reached the disk; one that refuses does.
                if answer.status >= 500 { memory.unanswered.insert(participant) }
                return
            }
            guard let entry = answer.json["entry"]?.string, let at = answer.json["at"]?.string,
                let number = answer.json["participant_number"]?.integer
            else {
                memory.faults.append("an acknowledgement without its numbers: \(answer)")
                return
            }
            let new = Acknowledgement(entry: entry, number: number, at: at)
            memory.unanswered.remove(participant)
            if let old = memory.acknowledged.updateValue(new, forKey: participant) {
                if answer.status == 201 {
                    memory.faults.append("LOST: \(participant) \(old) was accepted again as \(new)")
                } else if old != new {
                    memory.faults.append("CHANGED: \(participant) from \(old) to \(new)")
                }
            }
        }
    }
}

extension Gateway {
    /// Asks for everything that was ever posted once more, and holds the answers and the counts
    /// to what was acknowledged.
    ///
    /// Afterwards each participant is stored: the numbers are exactly 1 to their count.
    /// - Returns: what is wrong, one line each.
    func faults(in writers: Writers, of operation: Operation) throws -> [String] {
        let known = writers.known
        let participants = known.acknowledged.keys.sorted() + known.unanswered.sorted()
        let connection = try connect()
        for start in stride(from: 0, to: participants.count, by: 64) {
            let batch = participants[start..<min(start + 64, participants.count)]
            try connection.send(batch.map { operation.entry($0).text }.joined())
            for participant in batch {
                let answer = try connection.receive()
                if answer.status / 100 != 2 { return ["\(participant): \(answer)"] }
                writers.record(answer, of: participant)
            }
        }
        var found = writers.known.faults
        let numbers = writers.known.acknowledged.values.map(\.number).sorted()
        if numbers != Array(1..<(participants.count + 1)) {
            let twice = zip(numbers, numbers.dropFirst()).filter { $0 == $1 }.map(\.0)
            found.append("numbers are not 1...\(participants.count); twice: \(twice)")
        }
        let entries = Set(writers.known.acknowledged.values.map(\.entry))
        if entries.count != participants.count { found.append("an entry's number came twice") }
        let state = try state(of: operation)
        for name in ["participants", "entries"]
        where state[name]?.integer != participants.count {
            found.append("\(participants.count) \(name) expected: \(state)")
        }
        return found
    }
}
