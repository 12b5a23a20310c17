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

    /// The stage that limits what all of them take together, once both kinds of thread are known:
    /// the disk alone says little.
    ///
    /// The sequencer waits for the disk, so an entry takes the time of both there, one after the
    /// other; the one that takes more of it is named.
    var limit: (stage: CapacityStage, perSecond: Int)? {
        guard let worker, let sequencer else { return nil }
        let (stage, perSecond) = inTurn(sequencer, disk)
        return worker < perSecond ? (.worker, worker) : (stage, perSecond)
    }

    private func inTurn(_ sequencer: Int, _ disk: Int?) -> (stage: CapacityStage, perSecond: Int) {
        guard let disk, disk > 0, sequencer > 0 else { return (.sequencer, sequencer) }
        let together = 1 / (1 / Double(sequencer) + 1 / Double(disk))
        return (disk < sequencer ? .disk : .sequencer, Int(together))
    }
}
