import AdminClient
import Cluster

/// What was found of an etcd; ``ClusterFindings`` says what of it is wrong.
struct ClusterFacts {
    /// One member that was named.
    struct Member {
        let url: BaseURL
        /// What it says of itself; nil where it does not answer.
        var status: EtcdStatus?
        /// Why it does not answer.
        var failure: String?
        /// What its metrics and variables say; nil where it does not show them.
        var page: EtcdPage?
        /// Its clock less this machine's, in seconds, and how far off that may be.
        var clock: ClockOffset?
        /// Whether it synced its log during the probe; nil where its metrics do not say.
        var hasSynced: Bool?
    }

    struct ClockOffset: Equatable {
        let seconds: Double
        let uncertainty: Double

        /// Certainly beyond what a node that leads may be off.
        var isOff: Bool { abs(seconds) - uncertainty > 2 }
    }

    /// A batch that was appended to see whether it is stored.
    struct Probe: Equatable {
        /// Nil where it was stored.
        var failure: String?
        /// From the append's start to its answer.
        var milliseconds: Double = 0
    }

    var members: [Member]
    /// All members, as the first that answers knows them; nil where none answers.
    var list: [EtcdMember]?
    /// Nil where it was not tried: no member answers.
    var probe: Probe?
}
