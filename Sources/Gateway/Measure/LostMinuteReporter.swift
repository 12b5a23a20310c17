internal import Availability
internal import Ledger
internal import Projections
internal import Time

/// Puts on record which minutes were not accessible for one client alone, since too many of its
/// entries were refused for lack of room (C10). Owned by the pulse's thread.
///
/// Whoever finds the queue of a smoothed operation full was smoothed: the wait is over an hour, and
/// what is smoothed is not down (C4, C9). So that is not lack of room, whoever set the pace: a fair
/// share is held for what the operation does to others (C3b). Where the cause was the operator's
/// own fault alone, a correction of the month says so.
///
/// Nor is it lack of room where an entry looked like a robot's and no challenge was left for it:
/// whoever sends enough of such entries brings that about, and would decide on a client's minutes.
struct LostMinuteReporter {
    private let shared: Shared
    /// The minute that is counted; nil before the first turn.
    private var minute: Minute?
    /// By the operation's index, what was answered before the minute began.
    private var before: [UInt32: Answers] = [:]
    /// What is to be recorded.
    private var lost: ArraySlice<LostMinute> = []

    /// Records in one second, at most.
    private static var maximumRecords: Int { 16 }

    private struct Answers {
        var refused: UInt64 = 0
        var attempts: UInt64 = 0
    }

    init(_ shared: Shared) {
        self.shared = shared
    }

    /// Ends a minute that is over; called once a second.
    mutating func turn() {
        let now = Minute(containing: shared.ledgerTime)
        if now != minute {
            // One reading ends a minute and begins the next: no answer falls between them.
            let counted = answers()
            if let minute, now > minute { end(minute, with: counted) }
            minute = now
            before = counted
        }
        for minute in lost.prefix(Self.maximumRecords) {
            // Where the disk has no room it is lost; probes then find the minute not accessible.
            shared.administration.enqueue(.own(.fact(.lostMinute(minute))))
        }
        lost = lost.dropFirst(Self.maximumRecords)
    }

    private mutating func end(_ minute: Minute, with counted: [UInt32: Answers]) {
        let catalogue = shared.projected.catalogue
        var byClient: [String: Answers] = [:]
        for (index, now) in counted {
            let then = before[index] ?? Answers()
            let client = catalogue.operations[Int(index)].client
            // Two counters, read one after the other: what came between may show a minute later.
            byClient[client, default: Answers()].refused +=
                now.refused - min(then.refused, now.refused)
            byClient[client, default: Answers()].attempts += now.attempts &- then.attempts
        }
        let rule = catalogue.minuteRule
        // In order, so that a seed of the simulation repeats exactly.
        for (client, answers) in byClient.sorted(by: { $0.key < $1.key })
        where rule.lacksRoom(refused: answers.refused, of: answers.attempts) {
            lost.append(
                LostMinute(
                    client: client, minute: minute, refused: answers.refused,
                    attempts: answers.attempts))
        }
    }

    /// What was answered since the process started, by the operation's index.
    private func answers() -> [UInt32: Answers] {
        var found: [UInt32: Answers] = [:]
        for index in shared.projected.catalogue.standing {
            var answers = Answers()
            for name in VerdictName.allCases {
                let count = shared.instruments.verdicts(name.rawValue, of: index)
                answers.attempts += count
                if name == .overloaded { answers.refused += count }
            }
            let instruments = shared.instruments.operations
            for cause in [RefusalCause.queueFull, .challengesUsedUp] {
                answers.refused -= min(instruments.refusals(cause, of: index), answers.refused)
            }
            if answers.attempts > 0 { found[index] = answers }
        }
        return found
    }
}
