internal import Bytes
internal import Contract
internal import Ledger
internal import Time

/// Each record as a sentence that a lawyer reads without asking, with the rule it rests on.
extension AdministrativeCommand {
    var sentence: String {
        switch self {
        case .putClient(let id, let name): "The client \(id) (\(name)) was put."
        case .putOperation(_, let settings, _):
            "The operation was set up or changed: rule \(settings.rule.rawValue), policy "
                + "\(settings.policy.rawValue)."
        case .addKey(_, let keyID, _): "The front-end key \(keyID) was made."
        case .revokeKey(let keyID, let reason):
            "The key \(keyID) was declared \(reason.rawValue) (C16)."
        case .addToken(let tokenID, let holder, _):
            "The token \(tokenID) was made for the \(holder.role.rawValue) \(holder.name)."
        case .revokeToken(let tokenID, let reason):
            "The token \(tokenID) was declared \(reason.rawValue) (C16)."
        case .openOperation(_, let note): "The operation was opened.\(noted(note))"
        case .closeOperation(_, let note): "The operation was closed.\(noted(note))"
        case .giveNotice(_, let expected, let note):
            "A traffic notice announced \(grouped(expected)) participants (C2).\(noted(note))"
        case .withdrawNotice(_, let note): "The traffic notice was withdrawn.\(noted(note))"
        case .declareCampaign(_, let campaign, let declaration):
            "The campaign \(campaign) was declared: \(declaration.channel.rawValue), "
                + "\(grouped(declaration.recipients)) recipients, from "
                + "\(declaration.starts.rfc3339) on (C1).\(noted(declaration.note))"
        case .withdrawCampaign(_, let campaign, let note):
            "The campaign \(campaign) was withdrawn.\(noted(note))"
        case .suspendOperation(_, let ground, let until, let isDefinitive, let note):
            "A person suspended the operation on the ground \(ground.rawValue) (C8), "
                + end(until, isDefinitive) + noted(note)
        case .resumeOperation(_, let note): "A person let the operation in again.\(noted(note))"
        case .setPace(_, let perSecond, let note):
            (perSecond.map { "A person set a pace of \(grouped($0)) entries a second (C4)." }
                ?? "A person took the pace away.") + noted(note)
        case .resetOperation(_, _, let export):
            "The operation was set back to zero, \(export.sentence)"
        case .deleteOperation(_, let export):
            "The operation was deleted, \(export.sentence)"
        case .setPolicy(let policy):
            "The policy in force: an operation causes strain from "
                + "\(tenths(policy.sharePermille)) % of the load on; strain that lasts "
                + "\(policy.suspendAfterSeconds) s suspends, at first for "
                + "\(policy.suspensionSeconds) s."
        case .measured(let report): "Measured: \(report.sentence)"
        case .unknownSource(let surge):
            "The undeclared campaign tag \(surge.source) brought \(surge.entries) entries within "
                + "\(surge.windowSeconds) s, \(tenths(surge.permille)) % of the operation's (C1)."
        case .started(let version): "A process of version \(version) took the journal over."
        }
    }
}

extension ExportReceipt {
    fileprivate var sentence: String {
        "after \(entries) entries of \(grouped(participants)) participants had been exported to "
            + "\(file), SHA-256 \(sha256) (C18)."
    }
}

extension LedgerEvent {
    var sentence: String {
        switch self {
        case .coverNear(_, let participants, let cover):
            "\(grouped(participants)) participants have entered: 80 % of the cover of "
                + "\(grouped(cover))."
        case .coverCrossed(_, let participants, let cover):
            "\(grouped(participants)) participants have entered: beyond the cover of "
                + "\(grouped(cover)) (C2)."
        case .suspensionEnded(_, let ground, let until):
            "The suspension on the ground \(ground.rawValue) ended at its time, "
                + "\(until.rfc3339)."
        case .step(let step): step.sentence
        }
    }
}

extension LadderStep {
    fileprivate var sentence: String {
        var text: String
        switch kind {
        case .smooth:
            text = "smoothed to \(grouped(perSecond ?? 0)) entries a second (\(rule))"
        case .suspend:
            text = "suspended until \(until?.rfc3339 ?? "") at the latest (\(rule))"
        case .resume:
            text = "let in again: \(reason?.sentence ?? "")"
        }
        text =
            isEnforced
            ? "The operation was \(text)."
            : "The policy is to advise: the operation would have been \(text)."
        if kind != .resume {
            text += " It had \(grouped(participants)) participants, its cover was "
            text += "\(grouped(cover))"
            text += crossedAt.map { ", crossed at \($0.rfc3339)." } ?? "."
        }
        if let report {
            text += " Measured: \(report.sentence)"
            if let demand = report.operations.first(where: { $0.operation == operation }) {
                text += " Of it this operation: \(tenths(demand.attemptsPermille)) % of the "
                text += "entries that came, \(tenths(demand.queuePermille)) % of the waiting."
            }
        }
        return text
    }
}

extension Ladder.Reason {
    fileprivate var sentence: String {
        switch self {
        case .expired: "its time was over"
        case .calm: "the platform was calm, and what came would fit"
        }
    }
}

extension PressureReport {
    fileprivate var sentence: String {
        "the platform was \(level.name): on average entries waited "
            + "\(milliseconds(figures.queueWait)) ms, commits took "
            + "\(milliseconds(figures.commit)) ms, loops lagged \(milliseconds(figures.loopLag)) "
            + "ms; over \(windowMilliseconds) ms \(attemptsPerSecond) entries a second came, "
            + "\(acceptedPerSecond) were accepted."
    }
}

private func end(_ until: Timestamp?, _ isDefinitive: Bool) -> String {
    if isDefinitive { return "for good." }
    return until.map { "until \($0.rfc3339)." } ?? "until further notice."
}

private func noted(_ note: String?) -> String { note.map { " Note: \($0)" } ?? "" }

/// `50001` as `50,001`.
private func grouped(_ number: UInt32) -> String {
    var text = ""
    for (offset, digit) in String(number).reversed().enumerated() {
        if offset > 0, offset % 3 == 0 { text = "," + text }
        text = String(digit) + text
    }
    return text
}

/// Permille as per cent, microseconds as milliseconds: with one decimal.
private func tenths(_ value: Int) -> String { "\(value / 10).\(value % 10)" }
private func milliseconds(_ microseconds: Int) -> String { tenths(microseconds / 100) }
