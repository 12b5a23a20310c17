import Bytes
import Contract
internal import Time

/// What deciding an entry needs of its operation, flat: no reference is touched on the entry path.
struct OperationEntryState: BitwiseCopyable, Equatable {
    var phase: OperationPhase
    var suspension: SuspensionKind
    var rule: EntryRule
    /// Whether it was set back to zero, and goes on under another index.
    var isReset: Bool
    var needsAge: Bool
    var needsConsents: Bool
    /// The dates as milliseconds; the ends of the range where there is none.
    var opens: Int64
    var closes: Int64
    /// Whether it has a cap or limits second keys: else the three numbers are not looked at.
    var isLimited: Bool
    /// The most entries and participants; beyond all numbers if there is no such cap.
    var entryCap: UInt64
    var participantCap: UInt64
    /// Entries a second key; 0 if they are not limited.
    var secondKeyLimit: UInt32
    /// What was decided of its entries before the fold: ``OperationSettings/identityMark``.
    var identityMark: UInt32
    var entries: UInt64 = 0
    var participants: UInt32 = 0
    /// Entries that count apart, see ``CountedAs``.
    var robots: UInt64 = 0
    var tests: UInt64 = 0
    /// The number of participants at which an event may be due; beyond all numbers if none is: the
    /// lower of the operation's own and of the client's operations' together.
    var mark: UInt64 = .max
    private var ownMark: UInt64 = .max
    /// Whether its participants count among those of its client's operations together, and how many
    /// it announced itself; see ``SharedCover``.
    var sharesCover: Bool
    var announced: UInt32
    /// Whether they are beyond what is free for all of them.
    var isCrossedTogether: Bool
    /// The number of participants at which that is looked at again; beyond all numbers if never. A
    /// client's operation that counts has one, see ``ClientShares``.
    private(set) var sharedMark: UInt64 = .max
    /// What it had announced when it was given the mark; 0 without one.
    private(set) var countedAnnounced: UInt32 = 0
    /// The local day that was looked up last, and its start and end in milliseconds.
    var day: Int32 = 0
    var dayStart: Int64 = 0
    var dayEnd: Int64 = 0

    /// What suspends it.
    enum SuspensionKind: UInt8, BitwiseCopyable {
        case none, temporary, definitive
    }

    init(_ operation: Catalogue.Operation) {
        let settings = operation.settings
        phase = operation.phase
        suspension = operation.state == .suspended ? .temporary : .none
        if operation.isSuspendedDefinitively { suspension = .definitive }
        ownMark = operation.traffic.participantsMark
        mark = ownMark
        sharesCover = operation.sharesCover(at: Timestamp(milliseconds: .min))
        announced = operation.declarations.announcedInTime
        isCrossedTogether = operation.traffic.sharedCrossing != nil
        rule = settings.rule
        isReset = operation.retirement.map { $0 != .deleted } ?? false
        needsAge = settings.minimumAge != nil
        needsConsents = !settings.consents.isEmpty
        opens = settings.opens?.milliseconds ?? .min
        closes = settings.closes?.milliseconds ?? .max
        isLimited = settings.cap != nil || settings.secondKey != nil
        entryCap = .max
        participantCap = .max
        switch settings.cap {
        case .entries(let maximum): entryCap = maximum
        case .participants(let maximum): participantCap = UInt64(maximum)
        case nil: break
        }
        secondKeyLimit = settings.secondKey?.limit ?? 0
        identityMark = settings.identityMark
    }

    /// Takes over the state and settings; keeps the counts, and forgets the day, because the time
    /// zone may have changed.
    mutating func update(from operation: Catalogue.Operation) {
        let counted = self
        self = OperationEntryState(operation)
        entries = counted.entries
        participants = counted.participants
        robots = counted.robots
        tests = counted.tests
        setSharedMark(counted.sharedMark)
        countedAnnounced = counted.countedAnnounced
    }

    /// Counts one more entry.
    @inline(__always)
    mutating func count(_ countedAs: CountedAs) {
        switch countedAs {
        case .participant: entries &+= 1
        case .robot: robots &+= 1
        case .test: tests &+= 1
        }
    }

    /// Whether it counts together with the client's others now.
    func sharesCover(at time: Timestamp) -> Bool { sharesCover && time.milliseconds < closes }

    /// What its mark accounts for among the client's participants; 0 without one.
    var granted: UInt64 { sharedMark == .max ? 0 : sharedMark - 1 }

    /// Grants it so many participants more, at least 1, until it is looked at again.
    mutating func grant(_ more: UInt64) {
        setSharedMark(UInt64(participants) + more)
        countedAnnounced = announced
    }

    /// It is not looked at until something else changes.
    mutating func withdrawMark() {
        setSharedMark(.max)
        countedAnnounced = 0
    }

    private mutating func setSharedMark(_ new: UInt64) {
        sharedMark = new
        mark = min(ownMark, new)
    }

    /// What does not follow from the operation: counts, when they are looked at again together with
    /// the client's others, and the local day that was looked up last.
    func encode(into writer: inout SnapshotWriter) {
        writer.append(entries)
        writer.append(participants)
        writer.append(robots)
        writer.append(tests)
        writer.append(sharedMark)
        writer.append(day)
        writer.append(dayStart)
        writer.append(dayEnd)
    }

    init(_ operation: Catalogue.Operation, from reader: inout SnapshotReader) throws {
        self.init(operation)
        entries = try reader.read()
        participants = try reader.read()
        robots = try reader.read()
        tests = try reader.read()
        setSharedMark(try reader.read())
        if sharedMark != .max { countedAnnounced = announced }
        day = try reader.read()
        dayStart = try reader.read()
        dayEnd = try reader.read()
    }

    /// The refusal of this entry; `nil` if it is acceptable.
    @inline(__always)
    func refusal(_ command: EntryCommand, at time: Timestamp) -> EntryOutcome? {
        if command.identityMark != identityMark,
            command.identityMark != EntryCommand.recordedMark
        {
            return .settingsChanged
        }
        if let barrier = barrier(at: time) { return barrier }
        let isLacking =
            needsAge && !command.ageConfirmed || needsConsents && !command.consentsGiven
        return isLacking ? .refused(lacking(command)) : nil
    }

    /// All that the entry lacks.
    private func lacking(_ command: EntryCommand) -> EntryReasons {
        var reasons: EntryReasons = []
        if needsAge, !command.ageConfirmed { reasons.insert(.ageNotConfirmed) }
        if needsConsents, !command.consentsGiven { reasons.insert(.consentMissing) }
        return reasons
    }

    /// The refusal of every entry at this time; `nil` if entries are accepted.
    ///
    /// A person's decision goes before the dates: what was closed before its opening date is
    /// closed, and not about to open; a draft is not open, whatever its dates say. Outside its
    /// dates an operation accepts no entry anyway, so a suspension is the reason within them only,
    /// unless it is definitive: then no date is worth waiting for.
    func barrier(at time: Timestamp) -> EntryOutcome? {
        switch phase {
        case .draft: .notOpen
        case .closed: .closed
        case .open where suspension == .definitive: .suspended(isDefinitive: true)
        case .open where time.milliseconds < opens: .notOpen
        case .open where time.milliseconds >= closes: .closed
        case .open:
            switch suspension {
            case .none: nil
            case .temporary: .suspended(isDefinitive: false)
            case .definitive: .suspended(isDefinitive: true)
            }
        }
    }
}

/// What deciding an entry needs of the key it came with.
struct KeyState: BitwiseCopyable, Equatable {
    var operation: UInt32
    var isRevoked = false
}
