package import Contract
internal import Time

/// What the process measured or did: recorded as a command because the fold must know it (law 2).
package enum Fact: Equatable, Sendable {
    /// A process of this version took the log over: the first record of every start.
    /// - `policy`: the ladder's policy by the process's settings; only where it differs from the
    ///   one in force, which it then replaces.
    case started(version: String, policy: Policy? = nil)
    /// The pressure on the machine, measured when the ladder may have to act.
    case measured(PressureReport)
    /// An undeclared campaign tag brings a surge (C1).
    case unknownSource(UnknownSource)
    /// What was answered while an operation was smoothed or suspended.
    case answered(AnsweredEntries)

    package enum Name: String, CaseIterable, Sendable {
        case started = "fact.started"
        case measured = "fact.measured"
        case unknownSource = "fact.unknown_source"
        case answered = "fact.answered"
    }

    package var name: Name {
        switch self {
        case .started: .started
        case .measured: .measured
        case .unknownSource: .unknownSource
        case .answered: .answered
        }
    }

    package var operation: String? {
        switch self {
        case .unknownSource(let surge): surge.operation
        case .answered(let answered): answered.operation
        case .started, .measured: nil
        }
    }
}

// MARK: JSON

extension Fact {
    private enum Member: String, CodingKey {
        case version, policy
    }

    init(_ name: Name, from decoder: any Decoder) throws {
        switch name {
        case .started:
            let members = try decoder.container(keyedBy: Member.self)
            self = .started(
                version: try members.decode(String.self, forKey: .version),
                policy: try members.decodeIfPresent(Policy.self, forKey: .policy))
        case .measured: self = .measured(try PressureReport(from: decoder))
        case .unknownSource: self = .unknownSource(try UnknownSource(from: decoder))
        case .answered: self = .answered(try AnsweredEntries(from: decoder))
        }
    }

    func encodeMembers(to encoder: any Encoder) throws {
        switch self {
        case .started(let version, let policy):
            var members = encoder.container(keyedBy: Member.self)
            try members.encode(version, forKey: .version)
            try members.encodeIfPresent(policy, forKey: .policy)
        case .measured(let report): try report.encode(to: encoder)
        case .unknownSource(let surge): try surge.encode(to: encoder)
        case .answered(let answered): try answered.encode(to: encoder)
        }
    }
}

// MARK: Application

extension Fact {
    /// Records the fact, see ``Catalogue/apply(_:by:at:counts:)``.
    func apply(
        to operations: inout OperationTable, _ policy: inout Policy, starts: inout UInt64
    ) throws(CommandRefusal) -> Change {
        switch self {
        case .started(let version, let new):
            try Field.requireText(version, 1...LedgerLimits.versionBytes, at: "/version")
            if let new {
                try new.validate()
                policy = new
            }
            starts &+= 1
            return .started
        case .measured(let report):
            guard report.isPlausible, report.operations.count <= LedgerLimits.reportedOperations
            else { throw .invalid(pointer: "", detail: "must be a possible measurement") }
            return .recorded
        case .unknownSource(let surge):
            guard surge.isPlausible else {
                throw .invalid(pointer: "", detail: "must be a possible measurement")
            }
            let index = try operations.requireIndex(surge.operation)
            operations[index].traffic.add(surge)
            return .recorded
        case .answered(let answered):
            guard answered.isPlausible else {
                throw .invalid(pointer: "", detail: "must be a possible measurement")
            }
            _ = try operations.requireIndex(answered.operation)
            return .recorded
        }
    }
}

// MARK: Words

extension Fact {
    package var sentence: String {
        switch self {
        case .started(let version, let policy):
            "A process of version \(version) started."
                + (policy.map { " Its settings brought another policy. \($0.sentence)" } ?? "")
        case .measured(let report): "Measured: \(report.sentence)"
        case .unknownSource(let surge):
            "The undeclared campaign tag \(surge.source) brought \(surge.entries) entries within "
                + "\(surge.windowSeconds) s, \(Words.perCent(surge.permille)) % of the "
                + "operation's (C1)."
        case .answered(let answered):
            "While the operation was \(answered.state.rawValue), from "
                + "\(answered.since.rfc3339) to \(answered.until.rfc3339), "
                + AnsweredEntries.verdicts.map { "\(answered[keyPath: $0.count]) \($0.name)" }
                .joined(separator: ", ") + " were answered."
        }
    }
}

extension PressureReport {
    var sentence: String {
        "the platform was \(level.name): on average requests waited "
            + "\(Words.milliseconds(figures.unreadWait)) ms to be read, entries "
            + "\(Words.milliseconds(figures.queueWait)) ms to be decided, commits took "
            + "\(Words.milliseconds(figures.commit)) ms, loops lagged "
            + "\(Words.milliseconds(figures.loopLag)) ms; over \(windowMilliseconds) ms "
            + "\(attemptsPerSecond) entries a second came, \(acceptedPerSecond) were accepted."
    }
}
