import Bytes
import Contract
import Foundation
import Ledger
import Log
internal import Time

/// A replay of the log under another policy: what the ladder would have done.
///
/// Every record is decided again in order: entries, commands and measurements. The measurements
/// stay as recorded: the effect that an earlier measure would have had on the load is unknown, and
/// so are the entries that were refused then.
struct WhatIf: Encodable {
    /// A step of the ladder.
    struct Step: Encodable, Equatable {
        let at: String
        let operation: String
        let kind: String
        /// The pace in entries a second, the suspension's end, or the reason for resuming.
        let detail: String
        let enforced: Bool
        let participants: UInt32

        init(_ step: LadderStep, at time: Timestamp) {
            at = time.rfc3339
            operation = step.operation
            kind = step.kind.rawValue
            enforced = step.isEnforced
            participants = step.participants
            detail =
                switch step.kind {
                case .smooth: "\(step.perSecond ?? 0)/s"
                case .suspend: "until \(step.until?.rfc3339 ?? "")"
                case .resume: step.reason?.rawValue ?? ""
                }
        }
    }

    let policy: Policy
    /// The steps on record.
    let recorded: [Step]
    /// The steps under the other policy.
    let steps: [Step]
    /// Accepted entries that the other policy would have refused, by operation.
    let turnedAway: [String: Int]

    /// - Throws: ``CommandFailure`` 74 if the log is damaged or cannot be decoded.
    init(_ policy: Policy, on journal: JournalFolder) throws(CommandFailure) {
        var fold = Fold(policy)
        _ = try journal.read { batch throws(CommandFailure) in
            fold.begin(at: batch.header.time)
            var records = batch.records
            while let record = records.next() {
                do {
                    try fold.apply(record, at: batch.header.time)
                } catch {
                    throw CommandFailure(
                        .inputOutput, "\(journal.path): record \(record.sequence): \(error)")
                }
            }
        }
        self.policy = policy
        recorded = fold.recorded
        steps = fold.steps
        turnedAway = fold.turnedAway
    }

    var text: String {
        var text = "What the ladder did:\n" + Self.table(recorded)
        text += "\nWhat it would have done under this policy:\n" + Self.table(steps)
        if recorded == steps { text += "\nThe same steps at the same times.\n" }
        for (operation, count) in turnedAway.sorted(by: { $0.key < $1.key }) {
            text += "\n\(grouped(count)) entries of \(operation) would have been turned away.\n"
        }
        return text
    }

    private static func table(_ steps: [Step]) -> String {
        if steps.isEmpty { return "  nothing\n" }
        var table = AlignedTable(["at", "operation", "step", "detail", "done", "#participants"])
        for step in steps {
            table.append([
                step.at, step.operation, step.kind, step.detail, step.enforced ? "yes" : "advised",
                grouped(Int(step.participants)),
            ])
        }
        return table.text
    }

    private enum CodingKeys: String, CodingKey {
        case policy, recorded, steps
        case turnedAway = "turned_away"
    }
}

extension WhatIf {
    /// The fold under another policy, beside the recorded steps.
    private struct Fold: ~Copyable {
        private var ledger = Ledger()
        private(set) var recorded: [Step] = []
        private(set) var steps: [Step] = []
        private(set) var turnedAway: [String: Int] = [:]
        private let policy: Policy
        private var isFirst = true

        init(_ policy: Policy) {
            self.policy = policy
        }

        /// Handles everything that is due before deciding anything of the batch.
        mutating func begin(at time: Timestamp) {
            if isFirst {
                isFirst = false
                apply(.contract(.setPolicy(policy)), by: .gateway, at: time)
            }
            while ledger.isDue(at: time) {
                ledger.expire(at: time)
                collect(at: time)
            }
        }

        mutating func apply(_ record: borrowing LogRecord, at time: Timestamp) throws {
            var reader = ByteReader(record.bytes)
            switch record.kind {
            case EntryRecord.kind: enter(try EntryRecord(reading: &reader).command, at: time)
            case EventRecord.kind:
                if case .step(let step) = try EventRecord(json: record.bytes).event {
                    recorded.append(Step(step, at: time))
                }
            default:
                let record = try AdministrativeRecord(json: record.bytes)
                switch record.command {
                case .contract(.setPolicy): break
                case .fact(.started(let version, .some)):
                    apply(.fact(.started(version: version)), by: record.author, at: time)
                default: apply(record.command, by: record.author, at: time)
                }
            }
        }

        private mutating func enter(_ command: EntryCommand, at time: Timestamp) {
            switch ledger.enter(command, at: time) {
            case .accepted: break
            default:
                let operations = ledger.catalogue.operations
                guard command.operation < operations.count else { return }
                turnedAway[operations[Int(command.operation)].id, default: 0] += 1
            }
            collect(at: time)
        }

        private mutating func apply(
            _ command: AdministrativeCommand, by author: Author, at time: Timestamp
        ) {
            // A command that was carried out then may be refused now: the state differs.
            _ = try? ledger.apply(command, by: author, at: time)
            collect(at: time)
        }

        private mutating func collect(at time: Timestamp) {
            guard ledger.hasEvents else { return }
            for case .step(let step) in ledger.drainEvents() {
                steps.append(Step(step, at: time))
            }
        }
    }
}

extension Policy {
    /// Reads a policy from a JSON object; settings that it leaves out have their defaults.
    /// - Throws: ``CommandFailure`` 78 that names the error.
    init(file: String) throws(CommandFailure) {
        guard let content = FileManager.default.contents(atPath: file) else {
            throw CommandFailure(.configuration, "\(file): cannot read the policy; check the path")
        }
        do {
            self = try JSONDecoder().decode(Policy.self, from: content)
        } catch PolicyError.unknownSetting(let name) {
            let known = Policy.settings.map(\.name).joined(separator: ", ")
            throw CommandFailure(
                .configuration,
                "\(file): there is no policy setting \(printable(name)); the settings are \(known)")
        } catch PolicyError.outOfRange(let name, let range) {
            throw CommandFailure(
                .configuration,
                "\(file): \(name) must be a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound)")
        } catch {
            throw CommandFailure(
                .configuration,
                "\(file): a policy must be a JSON object of whole numbers, such as "
                    + "{\"suspend_after_seconds\": 60}")
        }
        guard contradictions.isEmpty else {
            throw CommandFailure(.configuration, contradictions.map { "\(file): \($0)" })
        }
    }
}
