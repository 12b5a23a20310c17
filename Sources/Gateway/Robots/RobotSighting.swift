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
    /// The first 24 bits of an IPv4 address, the first 48 of an IPv6 address.
    var network = IPAddress(high: 0, low: 0)
    /// The network that the client named as its own, by ``NamedNetwork/hash``; 0 for none.
    var named: UInt32 = 0
}

extension RobotMinute.Verdict {
    /// Nil where too little speaks for a robot.
    init?(_ decision: RobotDecision) {
        switch decision {
        case .admit: return nil
        case .admitSuspect: self = .admitted
        case .admitRobot: self = .observed
        case .challenge: self = .challenged
        case .refuse: self = .refused
        }
    }
}
