/// What is refused before overload hurts, by how full the fullest ring to the sequencer is. In this
/// order: reports, statistics, new entries of operations that lack a notice, of other undeclared
/// ones, new entries. An entry with a ticket only where nothing fits. Never health, metrics; nor
/// what operators change, because that is how they help, but for resets and deletions: those make
/// reports.
enum Shedding: Int, CaseIterable, Sendable {
    case reports, statistics, missingNotice, undeclared, newcomers

    /// Eighths of the ring from which on it is refused.
    var eighths: Int {
        switch self {
        case .reports: 2
        case .statistics: 4
        case .missingNotice: 5
        case .undeclared: 6
        case .newcomers: 7
        }
    }

    /// Bytes of a ring that it leaves to what is refused later.
    func reserve(of capacity: Int) -> Int { capacity / 8 * (8 - eighths) }

    /// As metrics name it.
    var label: StaticString {
        switch self {
        case .reports: "report"
        case .statistics: "statistics"
        case .missingNotice: "entry_missing_notice"
        case .undeclared: "entry_undeclared"
        case .newcomers: "entry"
        }
    }
}
