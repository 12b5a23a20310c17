internal import Availability
internal import Cluster
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
/// Nor where its operation was reset, or its settings changed, while the entry was on its way.
///
/// In a cluster each node counts what its listeners have answered, and tells it the leader
/// (``NodeSample``), which judges by the sums. A minute that ended while nobody led is judged by
/// the node that takes office, by its own counts: those that others could tell nobody are lost.
struct LostMinuteReporter {
    private let shared: Shared
    /// The minute that is counted; nil before the first turn.
    private var minute: Minute?
    /// By the operation's index, what was answered before the minute began.
    private var before: [UInt32: RoomCount] = [:]
    /// What is to be recorded.
    private var lost: ArraySlice<LostMinute> = []

    /// Records in one second, at most.
    private static var maximumRecords: Int { 16 }

    /// Minutes that wait for an office, at most: of an hour, with some clients in each.
    private static var maximumKept: Int { 1_024 }

    init(_ shared: Shared) {
        self.shared = shared
    }

    /// Ends a minute that is over; called once a second.
    /// - Parameter mayRecord: whether this process decides.
    mutating func turn(mayRecord: Bool = true) {
        let now = Minute(containing: shared.ledgerTime)
        if now != minute {
            // One reading ends a minute and begins the next: no answer falls between them.
            let counted = answers()
            if let minute, now > minute, mayRecord || !isLed { end(minute, with: counted) }
            minute = now
            before = counted
        }
        guard mayRecord else {
            lost = lost.suffix(Self.maximumKept)
            return
        }
        for minute in lost.prefix(Self.maximumRecords) {
            // Where the disk has no room it is lost; probes then find the minute not accessible.
            shared.administration.enqueue(.own(.fact(.lostMinute(minute))))
        }
        lost = lost.dropFirst(Self.maximumRecords)
    }

    /// Whether another node leads, as far as this one knows: that one judges the minute.
    private var isLed: Bool {
        switch shared.cluster?.state {
        case .following, .catchingUp, .handingOver: true
        case .noLeader, .logUnavailable, .leading, nil: false
        }
    }

    private mutating func end(_ minute: Minute, with counted: [UInt32: RoomCount]) {
        let catalogue = shared.projected.catalogue
        var byClient: [String: RoomCount] = [:]
        for (index, now) in counted {
            let client = catalogue.operations[Int(index)].client
            byClient[client, default: RoomCount()] += now.since(before[index] ?? RoomCount())
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
    private func answers() -> [UInt32: RoomCount] {
        var found: [UInt32: RoomCount] = [:]
        for index in shared.projected.catalogue.standing {
            var count = shared.instruments.room(of: index)
            count += shared.nodes.answered(of: index)
            if count.attempts > 0 { found[index] = count }
        }
        return found
    }
}
