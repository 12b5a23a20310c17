internal import Ledger

/// What of an operation's robots one number counts, packed into the word that names it.
struct RobotCell: Hashable, Sendable, BitwiseCopyable {
    enum Subject: UInt64, Sendable {
        /// Robots, or suspects, by verdict; the value is 1 for robots.
        case verdict = 1
        /// Findings of a rule; the value is the hash of its name, in place of the verdict stands
        /// its layer.
        case rule
        /// Entries by their heaviest rule, and by verdict; the value as above.
        case heaviest
        /// Entries that named a tool; the value is the hash of its name.
        case tool
        /// Entries with a front-end key; the value is its index.
        case key
        /// Entries from a network that the client named; the value is ``NamedNetwork/hash``.
        case network
        /// Entries that came with a permit; the value is its index.
        case permit
    }

    /// Never 0, so that a word of zeros is no cell.
    let word: UInt64

    init(word: UInt64) {
        self.word = word
    }

    /// - Parameter detail: a verdict's place, or a layer less 1; of two bits.
    init(_ subject: Subject, _ value: UInt32, of operation: UInt32, detail: UInt64 = 0) {
        word =
            UInt64(value) | UInt64(operation & 0x3FFF) << 32 | (detail & 3) << 46
            | subject.rawValue << 48
    }

    init(_ subject: Subject, _ value: UInt32, of operation: UInt32, _ verdict: RobotMinute.Verdict)
    {
        self.init(subject, value, of: operation, detail: verdict.place)
    }

    var subject: Subject? { Subject(rawValue: word >> 48) }
    var operation: UInt32 { UInt32(truncatingIfNeeded: word >> 32) & 0x3FFF }
    var value: UInt32 { UInt32(truncatingIfNeeded: word) }
    private var detail: Int { Int(word >> 46 & 3) }
    var verdict: RobotMinute.Verdict { RobotMinute.Verdict.allCases[detail] }
    /// Of a rule: 1 to 4.
    var layer: Int { detail + 1 }
}

extension RobotMinute.Verdict {
    /// Its place among all.
    fileprivate var place: UInt64 {
        switch self {
        case .admitted: 0
        case .observed: 1
        case .challenged: 2
        case .refused: 3
        }
    }
}
