internal import Contract

/// What every stage takes, in entries a second; nil of one that is not known yet.
struct StageCapacities: Equatable, Sendable {
    var worker: Int?
    var sequencer: Int?
    var disk: Int?

    subscript(stage: CapacityStage) -> Int? {
        switch stage {
        case .worker: worker
        case .sequencer: sequencer
        case .disk: disk
        }
    }

    /// The stage that takes least, once both kinds of thread are known: the disk alone says
    /// little.
    var limit: (stage: CapacityStage, perSecond: Int)? {
        guard worker != nil, sequencer != nil else { return nil }
        var limit: (stage: CapacityStage, perSecond: Int)?
        for stage in CapacityStage.allCases {
            guard let perSecond = self[stage], perSecond < limit?.perSecond ?? .max else {
                continue
            }
            limit = (stage, perSecond)
        }
        return limit
    }
}
