import Contract
import Foundation
import Ledger
import Time

@testable import Gateway

/// The rules of entries and operations told a second time, as plainly as can be. It is given the
/// durable records in order, and holds each against the rules. It shares the records' types with
/// the ledger, and no code.
struct PlainModel: Sendable {
    struct Operation: Sendable {
        let id: String
        var settings: OperationSettings
        /// Names the secrets that its entries are sealed with.
        var dataKey: String
        var phase = "draft"
        var suspension: Suspension?
        /// Its client's.
        var clientSuspension: Suspension?
        var pace: UInt32?
        var rung = Ladder.Rung.open
        var ladder: PlainLadder?
        /// "reset" or "deleted", where it is no more.
        var end: String?
        var entries: UInt64 = 0
        /// Entries that count apart.
        var robots: UInt64 = 0
        /// The first entries of those, as of persons'.
        var firstRobots: [PersonDay: UInt64] = [:]
        /// Each person's number.
        var participants: [UInt64: UInt32] = [:]
        /// The first entry of a person, by day where the rule is one entry a day.
        var firstEntries: [PersonDay: UInt64] = [:]
        var idempotent: [UInt64: UInt64] = [:]
        /// Entries by second key, and by day where the rule is one entry a day.
        var secondKeys: [PersonDay: Int] = [:]
        /// The turn in which the last entry became durable.
        var lastTurn = 0
        /// Accepted entries by their campaign tag.
        var sources: [String: Int] = [:]
        /// Tags of surges that nobody declared, the newest first.
        var unknownSources: [String] = []
        var declared = PlainCover()
        var notices = PlainNotices()
    }

    struct PersonDay: Hashable, Sendable {
        var person: UInt64
        /// The local date, as year, month and day in one number; 0 where days do not matter.
        var day: Int64
    }

    struct Key: Sendable {
        let id: String
        var operation: Int
        let frontEnd: FrontEndKind
        var isRevoked = false
    }

    struct Token: Sendable {
        let id: String
        let holder: Author
        let digest: KeyDigest
        var expires: Timestamp
        var isRevoked = false
    }

    struct Entry: Sendable {
        let operation: Int
        let person: UInt64
        let participant: UInt32
        let source: String
        /// The turn in which it became durable.
        let turn: Int
    }

    /// The answer that an entry is owed.
    enum Expectation: Equatable {
        case new
        case repeated(number: UInt64, participant: UInt32)
        case refused(EntryVerdict)
        /// The same, where each entry that is accepted may bring it about.
        case beyondLimit(EntryVerdict)
    }

    var operations: [Operation] = []
    /// The last suspension of each client that was not resumed.
    var clientSuspensions: [String: Suspension] = [:]
    var keys: [Key] = []
    var tokens: [Token] = []
    /// By the number of their permit; and the permits' identifiers.
    var runs: [Run] = []
    var permitIDs: [String] = []
    var entries: [UInt64: Entry] = [:]
    var lastNumber: UInt64 = 0
    /// Challenges that entries were let in with, by their marks.
    private var usedChallenges: Set<UInt64> = []
    var starts = 0
    var policy = Policy()
    /// What is known of the platform as a whole.
    var platform = PlainPlatform()
    /// Events that must come next, in order.
    var demanded: [LedgerEvent] = []
    /// Events that time brought about in this batch.
    var broughtByTime = 0
    private var calendars: [String: Calendar] = [:]

    /// The operation that has this name now.
    func current(_ id: String) -> Int? {
        operations.lastIndex { $0.id == id && $0.end == nil }
    }

    // MARK: Entries

    mutating func expectation(
        _ entry: SimulatedLoop.Entry, at time: Timestamp
    ) -> Expectation {
        guard entry.key < keys.count, !keys[Int(entry.key)].isRevoked else {
            return .refused(.keyRevoked)
        }
        guard entry.operation < operations.count else { return .refused(.wrongOperation) }
        let index = Int(entry.operation)
        guard keys[Int(entry.key)].operation == entry.operation else {
            return .refused(operations[index].end == "reset" ? .settingsMoved : .wrongOperation)
        }
        if let permit = entry.permit { return expectation(entry, of: Int(permit), at: time) }
        if let key = entry.idempotency, let number = operations[index].idempotent[key],
            time.milliseconds - Self.milliseconds(of: number) < 86_400_000
        {
            return repeated(number)
        }
        if isSentUnderOthers(entry) { return .refused(.settingsMoved) }
        if let refusal = operations[index].refusal(of: entry, at: time) {
            return .refused(refusal)
        }
        if let first = first(of: entry.person, operations[index].settings, at: time),
            let number = operations[index].firstEntry(first, of: entry.look)
        {
            return repeated(number)
        }
        if hasFailed(entry.challenge, at: time) { return .refused(.refused) }
        if let refusal = limit(of: entry, at: time) { return .beyondLimit(refusal) }
        switch entry.look {
        // Of all but the least work.
        case .suspect where entry.challenge.state != .solved || entry.challenge.level < 2:
            return .refused(.challenged)
        case .refused: return .refused(.refused)
        default: return .new
        }
    }

    /// Whether something came as a solved challenge that is good for no entry.
    private func hasFailed(_ challenge: SolvedChallenge, at time: Timestamp) -> Bool {
        guard challenge.isGiven else { return false }
        let left = Int64(challenge.expires) * 1_000 - time.milliseconds
        return challenge.state == .failed || left <= 0 || left > 900_000
            || usedChallenges.contains(challenge.mark.low)
    }

    /// Whether what an entry's fingerprints and its consents depend on has changed since it was
    /// sent.
    func isSentUnderOthers(_ entry: SimulatedLoop.Entry) -> Bool {
        guard let identity = entry.identity, entry.operation < operations.count else {
            return false
        }
        let settings = operations[Int(entry.operation)].settings
        return identity.isEmail != (settings.identity == .email)
            || identity.hasSecondKey != (settings.secondKey != nil)
            || identity.consents != settings.consents.count
    }

    /// What the cap, or else the limit of the second key, keeps out.
    private mutating func limit(
        of entry: SimulatedLoop.Entry, at time: Timestamp
    ) -> EntryVerdict? {
        let operation = operations[Int(entry.operation)]
        switch operation.settings.cap {
        case .entries(let maximum) where operation.entries >= maximum: return .capReached
        case .participants(let maximum)
        where operation.participants.count >= Int(maximum)
            && (entry.look.countedAs != .participant
                || operation.participants[entry.person] == nil):
            return .capReached
        default: break
        }
        return secondKeyLimit(of: entry, at: time)
    }

    /// What the limit of the second key keeps out.
    mutating func secondKeyLimit(
        of entry: SimulatedLoop.Entry, at time: Timestamp
    ) -> EntryVerdict? {
        let operation = operations[Int(entry.operation)]
        guard let rule = operation.settings.secondKey, entry.look.countedAs == .participant
        else { return nil }
        guard let key = entry.secondKey else { return .settingsMoved }
        let count = operation.secondKeys[day(of: key, operation.settings, at: time)] ?? 0
        return count < Int(rule.limit) ? nil : .refused
    }

    /// A second key, on its day where the rule is one entry a day.
    private mutating func day(
        of key: UInt64, _ settings: OperationSettings, at time: Timestamp
    ) -> PersonDay {
        PersonDay(
            person: key,
            day: settings.rule == .daily ? localDate(settings.timeZone, at: time) : 0)
    }

    /// What a robot was owed before the person whose name it has entered: the entry of the robot
    /// that came before.
    mutating func expectationOfRobot(
        _ entry: SimulatedLoop.Entry, at time: Timestamp
    ) -> Expectation? {
        let operation = operations[Int(entry.operation)]
        guard entry.look.countedAs == .robot,
            let first = first(of: entry.person, operation.settings, at: time)
        else { return nil }
        return operation.firstRobots[first].map(repeated)
    }

    func repeated(_ number: UInt64) -> Expectation {
        .repeated(number: number, participant: entries[number]?.participant ?? 0)
    }

    mutating func first(
        of person: UInt64, _ settings: OperationSettings, at time: Timestamp
    ) -> PersonDay? {
        switch settings.rule {
        case .once: PersonDay(person: person, day: 0)
        case .daily: PersonDay(person: person, day: localDate(settings.timeZone, at: time))
        case .unlimited: nil
        }
    }

    /// By the calendar of this machine, and not by the table of offsets that the ledger has.
    private mutating func localDate(_ zone: String, at time: Timestamp) -> Int64 {
        if calendars[zone] == nil {
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = TimeZone(identifier: zone) ?? .gmt
            calendars[zone] = calendar
        }
        let date = Date(timeIntervalSince1970: Double(time.milliseconds) / 1_000)
        let parts = calendars[zone]?.dateComponents([.year, .month, .day], from: date)
        let (year, month, day) = (parts?.year ?? 0, parts?.month ?? 0, parts?.day ?? 0)
        return Int64(year * 10_000 + month * 100 + day)
    }

    /// - Returns: what is wrong with a durable entry; nil if nothing is.
    mutating func add(
        _ record: EntryRecord, source: String, at time: Timestamp, turn: Int
    ) -> String? {
        let command = record.command
        if let missing = missingEvent(at: time, touching: [Int(command.operation)]) {
            return "an entry before \(missing)"
        }
        let entry = SimulatedLoop.Entry(
            operation: command.operation, key: command.key, person: command.participant.low,
            connection: 0, idempotency: command.idempotency.isNone ? nil : command.idempotency.low,
            isAgeConfirmed: command.ageConfirmed, hasConsents: command.consentsGiven,
            secondKey: command.secondKey.isNone ? nil : command.secondKey.low,
            challenge: command.challenge, look: command.countedAs == .robot ? .robot : .person,
            permit: command.isTest ? command.permit : nil)
        let expected = expectation(entry, at: time)
        guard expected == .new else { return "an entry that should be \(expected)" }
        let number = max(
            lastNumber + 1, UInt64(time.milliseconds - 1_577_836_800_000) * 1_048_576)
        guard record.entry.rawValue == number else {
            return "entry number \(record.entry), not \(number)"
        }
        let index = Int(entry.operation)
        if let permit = entry.permit {
            return addTest(entry, record, of: Int(permit), source: source, at: time, turn: turn)
        }
        if command.countedAs == .robot {
            return addApart(record, entry, source: source, at: time, turn: turn)
        }
        let known = operations[index].participants[entry.person]
        let participant = known ?? UInt32(operations[index].participants.count + 1)
        guard record.participant == participant else {
            return "participant \(record.participant), not \(participant)"
        }
        if let first = first(of: entry.person, operations[index].settings, at: time) {
            operations[index].firstEntries[first] = number
        }
        if let key = entry.secondKey {
            guard operations[index].settings.secondKey != nil else { return "a second key" }
            let day = day(of: key, operations[index].settings, at: time)
            operations[index].secondKeys[day, default: 0] += 1
        }
        operations[index].lastTurn = turn
        operations[index].participants[entry.person] = participant
        operations[index].entries += 1
        if !source.isEmpty { operations[index].sources[source, default: 0] += 1 }
        if let key = entry.idempotency { operations[index].idempotent[key] = number }
        entries[number] = Entry(
            operation: index, person: entry.person, participant: participant, source: source,
            turn: turn)
        if command.challenge.isGiven { usedChallenges.insert(command.challenge.mark.low) }
        lastNumber = number
        let hasCome = approachCover(of: index, at: time)
        settleClient(of: index, at: time, mayEnd: hasCome)
        return nil
    }

    /// - Returns: what is wrong with a durable entry that counts apart.
    private mutating func addApart(
        _ record: EntryRecord, _ entry: SimulatedLoop.Entry, source: String, at time: Timestamp,
        turn: Int
    ) -> String? {
        let index = Int(entry.operation)
        let number = record.entry.rawValue
        guard record.participant == 0 else { return "participant \(record.participant), not 0" }
        let first = first(of: entry.person, operations[index].settings, at: time)
        operations[index].robots += 1
        if let first { operations[index].firstRobots[first] = number }
        if let key = entry.idempotency { operations[index].idempotent[key] = number }
        entries[number] = Entry(
            operation: index, person: entry.person, participant: 0, source: source, turn: turn)
        if entry.challenge.isGiven { usedChallenges.insert(entry.challenge.mark.low) }
        lastNumber = number
        return nil
    }

    /// Whether a person who has entered before enters an operation of one entry a day.
    func isOfAnotherDay(_ command: EntryCommand) -> Bool {
        guard command.operation < operations.count else { return false }
        let operation = operations[Int(command.operation)]
        return operation.settings.rule == .daily
            && operation.participants[command.participant.low] != nil
    }

    static func milliseconds(of number: UInt64) -> Int64 {
        Int64(number / 1_048_576) + 1_577_836_800_000
    }
}

extension PlainModel.Operation {
    /// The number of the entry that one who looks so repeats. A robot repeats that of the person
    /// whose name it has; else each kind is by itself.
    fileprivate func firstEntry(
        _ first: PlainModel.PersonDay, of look: SimulatedLoop.Entry.Look
    ) -> UInt64? {
        switch look.countedAs {
        case .participant: firstEntries[first]
        case .robot: firstEntries[first] ?? firstRobots[first]
        case .test: nil
        }
    }

    /// What keeps the entry out, whoever sends it.
    func refusal(
        of entry: SimulatedLoop.Entry, at time: Timestamp
    ) -> EntryVerdict? {
        if phase == "draft" { return .notOpen }
        if phase == "closed" { return .closed }
        if let suspension, suspension.isDefinitive { return .suspendedForGood }
        if let opens = settings.opens, time < opens { return .notOpen }
        if let closes = settings.closes, time >= closes { return .closed }
        if suspension != nil || clientSuspension != nil { return .suspended }
        if case .suspended = enforcedRung { return .suspended }
        if settings.minimumAge != nil, !entry.isAgeConfirmed { return .refused }
        if !settings.consents.isEmpty, !entry.hasConsents { return .refused }
        return nil
    }

    var enforcedRung: Ladder.Rung { settings.policy == .enforce ? rung : .open }

    /// Entries a second, a person's pace or the ladder's; nil for none.
    var perSecond: UInt32? {
        guard case .smoothed(let perSecond) = enforcedRung else { return pace }
        return pace.map { min($0, perSecond) } ?? perSecond
    }

    /// Where it stands, as the board has it.
    var state: OperationState {
        if phase == "draft" { return .draft }
        if phase == "closed" { return .closed }
        if suspension != nil || clientSuspension != nil { return .suspended }
        if case .suspended = enforcedRung { return .suspended }
        return perSecond == nil ? .open : .smoothed
    }
}
