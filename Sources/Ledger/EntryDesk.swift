import Bytes

/// What deciding an entry needs of its operation, flat: no reference is touched on the entry path.
struct EntryDesk: BitwiseCopyable {
    var state: OperationState
    var rule: EntryRule
    var needsAge: Bool
    var needsConsents: Bool
    /// The dates as milliseconds; the ends of the range where there is none.
    var opens: Int64
    var closes: Int64
    var entries: UInt64 = 0
    var participants: UInt32 = 0
    /// The local day of the last entry that asked for one, and when it begins and ends.
    var day: Int32 = 0
    var dayStart: Int64 = 0
    var dayEnd: Int64 = 0

    init(_ operation: Catalogue.Operation) {
        let settings = operation.settings
        state = operation.state
        rule = settings.rule
        needsAge = settings.minimumAge != nil
        needsConsents = !settings.consents.isEmpty
        opens = settings.opens?.milliseconds ?? .min
        closes = settings.closes?.milliseconds ?? .max
    }

    /// Takes the state and settings over; keeps what was counted, forgets the day: the zone may
    /// be another.
    mutating func follow(_ operation: Catalogue.Operation) {
        let counted = self
        self = EntryDesk(operation)
        entries = counted.entries
        participants = counted.participants
    }

    /// Why no entry is taken at this time; `nil` if entries are.
    ///
    /// A person's decision goes before the dates: what was closed before its opening date is
    /// closed, and not to come back to; a draft is not open, whatever its dates say.
    func barrier(at time: Timestamp) -> EntryOutcome? {
        switch state {
        case .draft: .notOpen
        case .closed: .closed
        case .open where time.milliseconds < opens: .notOpen
        case .open where time.milliseconds >= closes: .closed
        case .open: nil
        }
    }
}

/// What deciding an entry needs of the key it came with.
struct KeyPass: BitwiseCopyable {
    var operation: UInt32
    var isRevoked = false
}
