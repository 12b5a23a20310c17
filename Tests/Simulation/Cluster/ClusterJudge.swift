import Cluster
import Ledger

@testable import Gateway

/// What front ends and an operator were told, who owned the log when, and what is wrong: nothing of
/// it from a gateway's own counts.
final class ClusterJudge {
    /// What a front end was told of a stored entry.
    struct Acknowledgement {
        let attempt: FrontEnds.Attempt
        let entry: UInt64
        let participant: UInt32
    }

    private(set) var acknowledged: [Acknowledgement] = []
    /// Persons whose entry was refused, for good, and that was never sent without an answer.
    private(set) var refused: [UInt64] = []
    /// Commands that an operator was told are carried out.
    private(set) var commands: [AdministrativeCommand] = []
    private(set) var violations: [String] = []
    /// What happened, counted: a run that never comes to something does not test it.
    private(set) var occurrences: [String: Int] = [:]
    private(set) var notes: [String] = []
    /// Stands for all that happened.
    private(set) var trace = TraceHash()
    /// Offices, in order, and when each began.
    private var offices: [(owner: LogOwner, at: UInt64)] = []

    func count(_ occurrence: String) {
        occurrences[occurrence, default: 0] += 1
        note(occurrence)
    }

    func note(_ text: String) {
        for byte in text.utf8 { trace.add(UInt64(byte)) }
        notes.append(text)
    }

    func violate(_ text: String) {
        note(text)
        violations.append(text)
    }

    // MARK: Answers

    func acknowledge(_ attempt: FrontEnds.Attempt, _ answer: AnswerEnvelope) {
        trace.add(answer.entry)
        acknowledged.append(
            Acknowledgement(
                attempt: attempt, entry: answer.entry, participant: answer.participant))
    }

    func refuse(_ attempt: FrontEnds.Attempt) {
        if !attempt.isRepeatable { refused.append(attempt.person) }
    }

    func acknowledge(_ command: AdministrativeCommand) {
        count("command: \(command.name)")
        commands.append(command)
    }

    // MARK: Offices

    func noteOwner(_ owner: LogOwner, at now: UInt64) {
        guard offices.last?.owner != owner else { return }
        count("office")
        note("\(owner.text) at \(now / 1_000_000)")
        offices.append((owner, now))
    }

    /// A leader's turn has answered. What rests on no append must not leave later than half a
    /// second behind another one's claim.
    func noteTurn(_ turn: SequencerTurn, of node: String, term: UInt64, at now: UInt64) {
        guard turn.records == 0, turn.answers + turn.completions > 0 else { return }
        count("turn without an append")
        guard let next = offices.first(where: { $0.owner.term > term }) else { return }
        count("turn of a deposed leader")
        if now > next.at + ClusterStatus.proofNanoseconds {
            let late = (now - next.at) / 1_000_000
            violate("node \(node) answers \(late) ms after it was deposed")
        }
    }

    /// A process has ended by itself: because another one has the office, and not for what it has
    /// stored.
    func checkEnd(of node: String, _ term: UInt64, because reason: String) {
        let isExpected =
            reason == NodeProcess.handedOverText || reason == NodeProcess.deposedText
            || reason.contains("belongs to")
        if !isExpected { violate("node \(node) ends: \(reason)") }
        guard let owner = offices.last?.owner, owner.node == node, owner.term == term else {
            return
        }
        // Nobody else has claimed since.
        if isExpected { violate("node \(node) ends while it owns the log: \(reason)") }
    }
}
