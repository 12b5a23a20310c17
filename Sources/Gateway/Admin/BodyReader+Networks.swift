internal import Addresses

/// The setting of a client's own networks (C6).
extension BodyReader {
    /// Networks in CIDR notation, or single addresses; how many there may be says the ledger.
    mutating func networks() -> [String] {
        let networks = strings("networks")
        for (index, text) in networks.enumerated() where AddressNetwork(text) == nil {
            addError(
                "networks/\(index)",
                "Must be a network such as 192.0.2.0/24 or 2001:db8::/32, or an address.")
        }
        return networks
    }
}
