import Bytes
import Contract
import Files
import Foundation
import Ledger
import Log
import Playback
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
        var playback = PolicyPlayback(policy)
        _ = try journal.play { batch throws(PlaybackError) in try playback.play(batch) }
        self.policy = policy
        recorded = playback.recorded.map { Step($0.step, at: $0.at) }
        steps = playback.steps.map { Step($0.step, at: $0.at) }
        turnedAway = playback.turnedAway
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

extension Policy {
    /// Reads a policy from a JSON object; settings that it leaves out have their defaults.
    /// - Throws: ``CommandFailure`` 78 that names the error.
    init(file: String) throws(CommandFailure) {
        let content: [UInt8]
        do throws(FileError) {
            content = try WholeFile.read(file, atMost: WholeFile.settingsBytes)
        } catch {
            throw CommandFailure(
                .configuration,
                "\(file): cannot read the policy (\(error.reason)); check the path")
        }
        do {
            self = try JSONDecoder().decode(Policy.self, from: Data(content))
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
