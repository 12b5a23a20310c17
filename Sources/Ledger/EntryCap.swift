/// The most that an operation takes: "the first 5,000". Exact, whatever comes at once.
package enum EntryCap: Equatable, Sendable {
    /// No more participants; those who take part go on as the entry rule has it.
    case participants(UInt32)
    /// No more entries.
    case entries(UInt64)

    /// Whether there are as many as there may be.
    package func isReached(by counts: OperationCounts) -> Bool {
        switch self {
        case .participants(let maximum): counts.participants >= maximum
        case .entries(let maximum): counts.entries >= maximum
        }
    }

    /// Whether no entry at all is accepted where it is reached.
    package func endsEntries(under rule: EntryRule) -> Bool {
        switch self {
        case .participants: rule == .once
        case .entries: true
        }
    }

    func validate() throws(CommandRefusal) {
        switch self {
        case .participants(let maximum) where maximum < 1:
            throw .invalid(pointer: "/cap/participants", detail: "must be at least 1")
        case .entries(let maximum) where !(1...LedgerLimits.cappedEntries).contains(maximum):
            throw .invalid(
                pointer: "/cap/entries", detail: "must be from 1 to \(LedgerLimits.cappedEntries)")
        default: break
        }
    }

    /// - Throws: ``CommandRefusal/capBelowCount(operation:what:count:)`` for a cap that there are
    ///   too many for already: an entry that was accepted stays so.
    func require(_ counts: OperationCounts, of operation: String) throws(CommandRefusal) {
        switch self {
        case .participants(let maximum) where counts.participants > maximum:
            throw .capBelowCount(
                operation: operation, what: "participants", count: UInt64(counts.participants))
        case .entries(let maximum) where counts.entries > maximum:
            throw .capBelowCount(operation: operation, what: "entries", count: counts.entries)
        default: break
        }
    }
}

/// In JSON an object of one member.
extension EntryCap: Codable {
    private enum Member: String, CodingKey {
        case participants, entries
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        if let maximum = try members.decodeIfPresent(UInt32.self, forKey: .participants) {
            self = .participants(maximum)
        } else {
            self = .entries(try members.decode(UInt64.self, forKey: .entries))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        switch self {
        case .participants(let maximum): try members.encode(maximum, forKey: .participants)
        case .entries(let maximum): try members.encode(maximum, forKey: .entries)
        }
    }
}
