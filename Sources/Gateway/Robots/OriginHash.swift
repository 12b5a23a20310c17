internal import Addresses
internal import Sockets

/// Keyed hashes of where entries come from: all bits depend on all of an address, which the rules
/// of layers 3 and 4 rely on. The same on every thread of one process; of addresses also at every
/// node of a cluster, because the node that leads compares what came to all of them.
struct OriginHash: BitwiseCopyable, Sendable {
    private let key: UInt64
    /// Of this process alone: two nodes number their connections alike.
    private let ownKey: UInt64

    /// - Parameters:
    ///   - key: secret; of a cluster's nodes the same.
    ///   - ownKey: drawn at the start.
    init(key: UInt64, ownKey: UInt64) {
        self.key = key
        self.ownKey = ownKey
    }

    /// Never 0, which stands for what is not known.
    func hash(_ address: IPAddress) -> UInt64 { Self.hash(address.high, address.low, key) }

    /// The same of one of this process's connections.
    func hash(_ connection: EventToken, ofLane lane: Int) -> UInt64 {
        let token = UInt64(connection.place) << 32 | UInt64(connection.generation)
        return Self.hash(UInt64(lane), token, ownKey)
    }

    private static func hash(_ high: UInt64, _ low: UInt64, _ key: UInt64) -> UInt64 {
        max(mix(mix(high ^ key) &+ low &+ 0x9E37_79B9_7F4A_7C15), 1)
    }

    /// The finalizer of SplitMix64 (Steele, Lea and Flood 2014).
    private static func mix(_ word: UInt64) -> UInt64 {
        var word = word
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
