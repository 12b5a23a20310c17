internal import Availability
package import Contract
package import Time

/// What the process measured or did: recorded as a command because the fold must know it (law 2).
package enum Fact: Equatable, Sendable {
    /// A process of this version took the log over: the first record of every start.
    /// - `policy`: the ladder's policy by the process's settings; only where it differs from the
    ///   one in force, which it then replaces.
    /// - `calendar`: the operator's time zone and days off, in the same way.
    case started(version: String, policy: Policy? = nil, calendar: OperatorCalendar? = nil)
    /// The pressure on the machine, measured when the ladder may have to act.
    case measured(PressureReport)
    /// An undeclared campaign tag brings a surge (C1).
    case unknownSource(UnknownSource)
    /// Entries rise within the policy's window (C1, C2).
    case rise(TrafficRise)
    /// What was answered while an operation was smoothed or suspended.
    case answered(AnsweredEntries)
    /// What was found of robots among an operation's entries (C6).
    case robots(RobotMinute)
    /// The counters of a queue, ahead of what is told (C4).
    case queue(QueueRecord)
    /// The places given before a shuffled start, or the order at its opening (C4).
    case draw(DrawRecord)
    /// What a probe found in a minute (C10).
    case probeMinute(ProbeMinute)
    /// A minute in which a client's entries were refused for lack of room (C10).
    case lostMinute(LostMinute)
    /// What was answered otherwise than `accepted` (C15).
    case notAccepted(NotAcceptedEntries)
    /// All nodes of a cluster know what this ``FormatLevel`` brings: it may be used from here on.
    case level(UInt16)

    package enum Name: String, CaseIterable, Sendable {
        case started = "fact.started"
        case measured = "fact.measured"
        case unknownSource = "fact.unknown_source"
        case rise = "fact.rise"
        case answered = "fact.answered"
        case robots = "fact.robots"
        case queue = "fact.queue"
        case draw = "fact.draw"
        case probeMinute = "fact.probe_minute"
        case lostMinute = "fact.lost_minute"
        case notAccepted = "fact.not_accepted"
        case level = "fact.level"
    }

    package var name: Name {
        switch self {
        case .started: .started
        case .measured: .measured
        case .unknownSource: .unknownSource
        case .rise: .rise
        case .answered: .answered
        case .robots: .robots
        case .queue: .queue
        case .draw: .draw
        case .probeMinute: .probeMinute
        case .lostMinute: .lostMinute
        case .notAccepted: .notAccepted
        case .level: .level
        }
    }

    package var operation: String? {
        switch self {
        case .unknownSource(let surge): surge.operation
        case .rise(let rise): rise.operation
        case .answered(let answered): answered.operation
        case .robots(let minute): minute.operation
        case .queue(let queue): queue.operation
        case .draw(let draw): draw.operation
        case .notAccepted(let entries): entries.operation
        case .started, .measured, .probeMinute, .lostMinute, .level: nil
        }
    }
}

// MARK: JSON

extension Fact {
    private enum Member: String, CodingKey {
        case version, policy, calendar, level
    }

    init(_ name: Name, from decoder: any Decoder) throws {
        switch name {
        case .started:
            let members = try decoder.container(keyedBy: Member.self)
            self = .started(
                version: try members.decode(String.self, forKey: .version),
                policy: try members.decodeIfPresent(Policy.self, forKey: .policy),
                calendar: try members.decodeIfPresent(OperatorCalendar.self, forKey: .calendar))
        case .measured: self = .measured(try PressureReport(from: decoder))
        case .unknownSource: self = .unknownSource(try UnknownSource(from: decoder))
        case .rise: self = .rise(try TrafficRise(from: decoder))
        case .answered: self = .answered(try AnsweredEntries(from: decoder))
        case .robots: self = .robots(try RobotMinute(from: decoder))
        case .queue: self = .queue(try QueueRecord(from: decoder))
        case .draw: self = .draw(try DrawRecord(from: decoder))
        case .probeMinute: self = .probeMinute(try ProbeMinute(from: decoder))
        case .lostMinute: self = .lostMinute(try LostMinute(from: decoder))
        case .notAccepted: self = .notAccepted(try NotAcceptedEntries(from: decoder))
        case .level:
            let members = try decoder.container(keyedBy: Member.self)
            self = .level(try members.decode(UInt16.self, forKey: .level))
        }
    }

    func encodeMembers(to encoder: any Encoder) throws {
        switch self {
        case .started(let version, let policy, let calendar):
            var members = encoder.container(keyedBy: Member.self)
            try members.encode(version, forKey: .version)
            try members.encodeIfPresent(policy, forKey: .policy)
            try members.encodeIfPresent(calendar, forKey: .calendar)
        case .measured(let report): try report.encode(to: encoder)
        case .unknownSource(let surge): try surge.encode(to: encoder)
        case .rise(let rise): try rise.encode(to: encoder)
        case .answered(let answered): try answered.encode(to: encoder)
        case .robots(let minute): try minute.encode(to: encoder)
        case .queue(let queue): try queue.encode(to: encoder)
        case .draw(let draw): try draw.encode(to: encoder)
        case .probeMinute(let report): try report.encode(to: encoder)
        case .lostMinute(let lost): try lost.encode(to: encoder)
        case .notAccepted(let entries): try entries.encode(to: encoder)
        case .level(let level):
            var members = encoder.container(keyedBy: Member.self)
            try members.encode(level, forKey: .level)
        }
    }
}

// MARK: Application

extension Fact {
    /// Records the fact, see ``Catalogue/apply(_:by:at:counts:)``.
    func apply(
        to operations: inout OperationTable, _ minutes: inout MinuteTable, clients: ClientTable,
        _ policy: inout Policy, _ calendar: inout OperatorCalendar, starts: inout UInt64,
        level: inout UInt16?, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        switch self {
        case .started(let version, let newPolicy, let newCalendar):
            try Field.requireText(version, 1...LedgerLimits.versionBytes, at: "/version")
            try newPolicy?.validate()
            if let newCalendar {
                try Field.requireText(
                    newCalendar.timeZone, 1...LedgerLimits.timeZoneBytes,
                    at: "/calendar/time_zone")
                calendar = newCalendar
            }
            if let newPolicy { policy = newPolicy }
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
            operations[index].traffic.add(surge, at: time, policy)
            return .recorded
        case .rise(let rise):
            guard rise.isPlausible else {
                throw .invalid(pointer: "", detail: "must be a possible measurement")
            }
            let index = try operations.requireIndex(rise.operation)
            operations[index].traffic.add(rise, at: time, policy)
            return .recorded
        case .answered(let answered):
            guard answered.isPlausible else {
                throw .invalid(pointer: "", detail: "must be a possible measurement")
            }
            _ = try operations.requireIndex(answered.operation)
            return .recorded
        case .robots(let minute):
            guard minute.isPlausible else {
                throw .invalid(pointer: "", detail: "must be possible counts")
            }
            _ = try operations.requireIndex(minute.operation)
            return .recorded
        case .queue(let queue):
            guard queue.counters.isPlausible else {
                throw .invalid(pointer: "", detail: "must be possible counters")
            }
            let index = try operations.requireIndex(queue.operation)
            operations[index].recordQueue(queue.counters, at: time)
            return .recorded
        case .draw(let draw):
            guard draw.draw.isPlausible else {
                throw .invalid(pointer: "", detail: "must be a possible draw")
            }
            let index = try operations.requireIndex(draw.operation)
            operations[index].recordDraw(draw.draw)
            return .recorded
        case .probeMinute(let report):
            return try minutes.record(report, MinuteRule(policy), at: time)
        case .lostMinute(let lost): return try minutes.record(lost, clients, at: time)
        case .notAccepted(let entries):
            guard entries.isPlausible else {
                throw .invalid(pointer: "", detail: "must be possible counts")
            }
            _ = try operations.requireIndex(entries.operation)
            return .recorded
        case .level(let raised):
            guard raised >= max(level ?? 0, 1) else {
                throw .invalid(pointer: "/level", detail: "must be above the one in force")
            }
            guard raised != level else { return .none }
            level = raised
            return .recorded
        }
    }
}

// MARK: Words

extension Fact {
    package var sentence: String {
        switch self {
        case .started(let version, let policy, let calendar):
            "A process of version \(version) started."
                + (policy.map { " Its settings brought another policy. \($0.sentence)" } ?? "")
                + (calendar.map {
                    " The operator's time zone is \($0.timeZone), with the public holidays of "
                        + "\($0.holidays.rawValue)."
                } ?? "")
        case .measured(let report): "Measured: \(report.sentence)"
        case .unknownSource(let surge):
            "The undeclared campaign tag \(surge.source) brought \(surge.entries) entries within "
                + "\(surge.windowSeconds) s, \(Words.perCent(surge.permille)) % of the "
                + "operation's (C1)."
                + (surge.undeclaredEntries > surge.entries
                    ? " All undeclared tags together brought \(surge.undeclaredEntries)." : "")
        case .rise(let rise):
            "\(Words.grouped(UInt32(clamping: rise.entries))) entries came within "
                + "\(rise.windowSeconds) s: a rise that nothing announced (C1, C2)."
        case .answered(let answered):
            "While the operation was \(answered.state.rawValue), from "
                + "\(answered.since.rfc3339) to \(answered.until.rfc3339), "
                + AnsweredEntries.verdicts.map { "\(answered[keyPath: $0.count]) \($0.name)" }
                .joined(separator: ", ") + " were answered."
        case .robots(let minute): minute.sentence
        case .queue(let queue):
            "Of the operation's queue, tickets up to \(queue.counters.called) were called; those "
                + "up to \(queue.counters.issued) may be issued (C4)."
        case .draw(let draw):
            draw.draw.shuffle.map {
                "The operation opened: the places of \($0.count) participants who came before "
                    + "were shuffled with the seed \($0.seed) (C4)."
            } ?? "Places up to \(draw.draw.registered) may be given before the opening (C4)."
        case .probeMinute(let report): report.sentence
        case .lostMinute(let lost): lost.sentence
        case .notAccepted(let entries): entries.sentence
        case .level(let level):
            "All nodes of the cluster know format level \(level): what it brings may be used."
        }
    }
}

extension PressureReport {
    var sentence: String {
        var text = "the platform was \(level.name): on average requests waited "
        text += "\(Words.milliseconds(figures.unreadWait)) ms to be read, entries "
        text += "\(Words.milliseconds(figures.queueWait)) ms to be decided, commits took "
        text += "\(Words.milliseconds(figures.commit)) ms, loops lagged "
        text += "\(Words.milliseconds(figures.loopLag)) ms; over \(windowMilliseconds) ms "
        text += "\(attemptsPerSecond) entries a second came, \(acceptedPerSecond) were accepted"
        if let capacityPerSecond { text += "; the platform takes \(capacityPerSecond)" }
        if let stage { text += ", limited by the \(stage.rawValue)" }
        if let nodes { text += "; measured by \(nodes) nodes together" }
        return text + "."
    }
}
