package import Contract
package import Time

/// A step of the ladder (C3, C3b, C4), with everything that it rests on.
package struct LadderStep: Equatable, Codable, Sendable {
    package enum Kind: String, Codable, Sendable {
        case smooth, suspend, resume
    }

    package var operation: String
    package var kind: Kind
    /// Whether the step is in force; `false` where the operation's policy is to advise.
    package var isEnforced: Bool
    /// The rule that the step follows from.
    package var rule: String
    /// The ground, as suspensions name it; `nil` of `resume`.
    package var ground: String?
    /// Of `smooth`: entries a second from now on. Under C3b its fair share.
    package var perSecond: UInt32?
    /// Of `suspend`: when it ends at the latest.
    package var until: Timestamp?
    /// Of `suspend`: what it follows from, beside the lack of a notice.
    package var cause: Ladder.SuspensionCause?
    /// Of `resume`: why.
    package var reason: Ladder.Reason?
    /// Since when the strain, or the threat of it, has lasted (of `suspend`), or the calm (of
    /// `resume` for calm). `nil` otherwise, and in steps from before the first release.
    package var since: Timestamp?
    /// Entries a second that the platform takes, with which the step was calculated; `nil` where it
    /// is not known, and in steps from before the first release.
    package var capacityPerSecond: Int?
    package var participants: UInt32
    package var cover: UInt32
    /// When the cover was crossed; `nil` while it is not.
    package var crossedAt: Timestamp?
    /// The notices that the operation lacked, of its surges the newest; `nil` in `resume`.
    package var missing: [MissingNotice]?
    /// The measurement behind the step; `nil` where time or a person brought it about.
    package var report: PressureReport?

    private enum CodingKeys: String, CodingKey {
        case operation, rule, ground, until, cause, reason, since, participants, cover, missing
        case report
        case kind = "step"
        case isEnforced = "enforced"
        case perSecond = "per_second"
        case crossedAt = "crossed_at"
        case capacityPerSecond = "capacity_per_second"
    }
}

extension LadderStep {
    init(
        _ step: Ladder.Step, of operation: Catalogue.Operation, _ ladder: Ladder,
        capacityPerSecond: Int?, participants: UInt32, report: PressureReport?,
        at time: Timestamp
    ) {
        self.init(
            operation: operation.id, kind: .resume,
            isEnforced: operation.settings.policy == .enforce, rule: "C4",
            participants: participants, cover: operation.cover.participants,
            crossedAt: operation.crossedAt, report: report?.only(operation.id))
        // What time or a person brings about rests on no measurement.
        if report != nil { self.capacityPerSecond = capacityPerSecond }
        switch step {
        case .smooth(let perSecond, let rule):
            kind = .smooth
            self.rule = "\(rule.rawValue), C4"
            ground = rule.ground
            self.perSecond = perSecond
        case .suspend(let until, let cause):
            kind = .suspend
            self.cause = cause
            rule = Ladder.Rule.undeclared.rawValue
            ground = Ladder.Rule.undeclared.ground
            self.until = until
            since = ladder.strainedSince
        case .resume(let reason):
            self.reason = reason
            if reason == .calm { since = ladder.calmSince }
        }
        if kind != .resume { missing = operation.missingNotices(ofStepAt: time) }
    }

    /// Whether it is smoothed for taking more than its fair share (C3b).
    package var isForFairness: Bool { ground == Ladder.Rule.degradation.ground }

    /// The rung that the step leads to.
    var rung: Ladder.Rung {
        switch kind {
        case .smooth: .smoothed(perSecond: perSecond ?? 1)
        case .suspend: .suspended(until: until ?? Timestamp(milliseconds: 0))
        case .resume: .open
        }
    }

    /// Whether a record says the same. Steps from before the first release lack two figures.
    func agrees(with recorded: LadderStep) -> Bool {
        if self == recorded { return true }
        guard recorded.since == nil, recorded.capacityPerSecond == nil else { return false }
        var earlier = self
        earlier.since = nil
        earlier.capacityPerSecond = nil
        return earlier == recorded
    }

    var sentence: String {
        var text: String
        switch kind {
        case .smooth:
            text = "smoothed to \(Words.grouped(perSecond ?? 0)) entries a second"
            text += isForFairness ? ", its fair share (\(rule))" : " (\(rule))"
        case .suspend:
            text = "suspended until \(until?.rfc3339 ?? "") at the latest (\(rule))"
        case .resume:
            text = "resumed (\(rule)): \(reason?.sentence ?? "")"
        }
        if cause == .refusing { text += " because refusing it strains the platform" }
        text =
            isEnforced
            ? "The operation was \(text)."
            : "The policy only advises: the operation would have been \(text)."
        if kind != .resume {
            text += " It had \(Words.grouped(participants)) participants and a cover of "
            text += "\(Words.grouped(cover))"
            text += crossedAt.map { ", crossed at \($0.rfc3339)." } ?? "."
            for notice in missing ?? [] where notice.kind != .cover {
                text += " \(notice.sentence)"
            }
        }
        if let report {
            text += " Measured: \(report.sentence)"
            if let demand = report.operations.first(where: { $0.operation == operation }) {
                text += " This operation's share: \(Words.perCent(demand.attemptsPermille)) % of "
                text += "the entries that came, \(Words.perCent(demand.queuePermille)) % of the "
                text += "waiting."
            }
        }
        return text
    }
}

extension Ladder.Reason {
    fileprivate var sentence: String {
        switch self {
        case .expired: "its suspension expired"
        case .calm: "the platform was calm, and the operation's demand would fit"
        }
    }
}
