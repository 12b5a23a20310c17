/// A fault that the simulator must find, planted at a seam of the real parts.
enum PlantedFault: CaseIterable {
    /// The disk acknowledges a batch before it has stored it.
    case answerBeforeCommit
    /// A start takes a whole batch before a torn one for torn.
    case tailMisread
    /// A loop loses one message in eight: a key or an operation that it never learns of.
    case loopMessageLost
    /// A loop loses one answer in a hundred.
    case answerLost
    /// One batch in eight never comes to the projections.
    case projectionSkipped
    /// A command's completion is called a second time.
    case completedTwice
    /// The vault forgets a leaf, and keeps a node that leads to it.
    case forgottenLeafOpens
    /// An entry of an operation that has come to be held, or was let go, waits for none of those
    /// before it in the lane's other ring. Batches of a few entries bring it to light
    /// (``HeldOrderTests``).
    case entriesOvertake

    /// Those that a run of ``Simulation`` must find.
    static var inRuns: [PlantedFault] { allCases.filter { $0 != .entriesOvertake } }
}
