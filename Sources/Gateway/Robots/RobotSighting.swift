internal import Addresses
internal import Ledger
internal import Robots
internal import Time

/// The entry of a robot, or of a suspect, as far as it is counted.
struct RobotSighting: BitwiseCopyable {
    let operation: UInt32
    /// The front-end key's index.
    let key: UInt32
    let verdict: RobotMinute.Verdict
    /// Its evidence is enough for a robot, and not only for a suspect.
    let isRobot: Bool
    /// Of all layers together, in thousandths.
    let weight: Int32
    let origin: RobotOrigin
    /// By the ledger's time.
    let at: Timestamp
}

/// Where an entry came from, without saying who it was (C21, C6).
struct RobotOrigin: BitwiseCopyable {
    /// The first 24 bits of an IPv4 address, the first 48 of an IPv6 address; all zero where a
    /// server's key was sent, and the address is the server's.
    var network = IPAddress(high: 0, low: 0)
    /// The network that the client named as its own, by ``NamedNetwork/hash``; 0 for none.
    var named: UInt32 = 0

    /// As samples name it.
    var text: String {
        network == IPAddress(high: 0, low: 0) ? "unknown" : network.networkText
    }
}

extension RobotMinute.Verdict {
    /// What was done about an entry, by what it was answered; nil where too little speaks for a
    /// robot. One that is answered as it was before, or is given a place, is let in as far as that
    /// goes; one that the ledger refuses, for whatever reason, is refused.
    init?(_ decision: RobotDecision, isRobot: Bool, answered: EntryVerdict) {
        if case .admit = decision { return nil }
        switch answered {
        case .accepted, .repeated, .waiting, .waitingPastClosing, .waitingForOpening:
            self = isRobot ? .observed : .admitted
        case .challenged: self = .challenged
        default: self = .refused
        }
    }
}
