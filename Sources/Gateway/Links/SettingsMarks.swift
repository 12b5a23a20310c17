internal import Ledger

/// By which settings the leader judges each operation's entries now: what those that came over
/// links between nodes are held against.
struct SettingsMarks {
    /// By the operation's index; 0 where it is not known yet.
    private var marks: ContiguousArray<UInt64> = []

    /// Notes by what settings an operation's entries are to be judged.
    mutating func note(_ settings: OperationSettings, of operation: UInt32) {
        while marks.count <= Int(operation) { marks.append(0) }
        marks[Int(operation)] = SettingsMark.mark(of: settings)
    }

    /// Whether an entry was judged by other settings than those in force: its node is behind a
    /// change. It may be sent again, as after a reset.
    func differ(from envelope: EntryEnvelope) -> Bool {
        let operation = Int(envelope.command.operation)
        guard envelope.settingsMark != 0, operation < marks.count else { return false }
        return envelope.settingsMark != marks[operation]
    }
}
