import ClusterTesting

/// What a cluster must never leave out, left out on purpose: by the engine, or at a seam between
/// the engine and the real parts. The simulator must find each.
enum ClusterFlaw: CaseIterable {
    /// The engine does not compare the owner when it appends.
    case noOwnerCompare
    /// A leader's store says that a batch is stored before the engine has it.
    case answerBeforeAppend
    /// Answers that rest on no append leave without a proof of office.
    case noProofOfOffice
    /// A follower takes any batch for the one that comes next.
    case noChainCheck
    /// An append whose outcome is not known is tried again with other bytes.
    case retryWithOtherBytes
    /// A trim compacts to the revision of its own removal.
    case compactionAtRemoval

    /// The first seed that found it. It is played first, for all before it take a minute; where it
    /// finds nothing any more, they are played too.
    var knownSeed: UInt64 {
        switch self {
        case .noOwnerCompare: 322
        case .answerBeforeAppend: 5
        case .noProofOfOffice: 317
        case .noChainCheck: 4
        case .retryWithOtherBytes: 2
        case .compactionAtRemoval: 4
        }
    }

    /// What the engine leaves out.
    var ofEngine: SeededEngine.Flaws {
        switch self {
        case .noOwnerCompare: .noOwnerCompare
        case .compactionAtRemoval: .compactionAtRemoval
        default: []
        }
    }
}
