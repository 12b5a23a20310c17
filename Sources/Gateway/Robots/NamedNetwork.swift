internal import Addresses
internal import Bytes
internal import Robots

/// A network that a client has named as its own: robots from there are its own (C6).
struct NamedNetwork: Sendable, BitwiseCopyable {
    private let network: AddressNetwork
    /// Of the text that it was named by; what comes from it is counted under this.
    let hash: UInt32

    /// Nil for a text that is no network.
    init?(_ text: String) {
        guard let network = AddressNetwork(text) else { return nil }
        self.network = network
        hash = Self.hash(of: text)
    }

    static func hash(of text: String) -> UInt32 {
        var hash = ByteHash()
        text.withBytes { hash.add($0) }
        return hash.folded
    }

    func contains(_ address: IPAddress) -> Bool { network.contains(address) }
}
