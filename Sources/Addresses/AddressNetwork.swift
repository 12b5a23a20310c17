internal import Bytes

/// A network of addresses: `10.0.0.0/8`, `2001:db8::/32`, or a single address.
package struct AddressNetwork: Equatable, Sendable, BitwiseCopyable {
    /// Its first address.
    package let base: IPAddress
    /// Leading bits that its addresses share, of 128; for IPv4 the prefix plus 96.
    package let prefixBits: Int

    /// - Returns: nil if the address or the prefix is invalid, or if the address has bits beyond
    ///   the prefix: `10.0.0.1/8` is more likely a mistake than a network.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = String(parts[0]).withBytes({ IPAddress(text: $0) }) else { return nil }
        self.base = base
        if parts.count == 1 {
            prefixBits = 128
            return
        }
        // `::ffff:10.0.0.0/104` is the mapped spelling of IPv4; its prefix counts all 128 bits.
        let isDotted = !parts[0].utf8.contains(ASCII.colon)
        guard let bits = Self.number(parts[1]), bits <= (isDotted ? 32 : 128) else { return nil }
        prefixBits = isDotted ? bits + 96 : bits
        guard prefixBits >= 96 || !base.isIPv4 else { return nil }
        let mask = Self.mask(prefixBits)
        guard base.high & ~mask.high == 0, base.low & ~mask.low == 0 else { return nil }
    }

    /// Whether the network contains the address. `::/0` contains every IPv6 address and no IPv4
    /// one: the mapped form is only this program's representation.
    package func contains(_ address: IPAddress) -> Bool {
        guard address.isIPv4 == base.isIPv4 else { return false }
        let mask = Self.mask(prefixBits)
        return (address.high ^ base.high) & mask.high == 0
            && (address.low ^ base.low) & mask.low == 0
    }

    private static func mask(_ bits: Int) -> (high: UInt64, low: UInt64) {
        // Swift's `<<` defines shifts by the full width and by negative amounts.
        (UInt64.max << (64 - min(bits, 64)), UInt64.max << (128 - max(bits, 64)))
    }

    /// Reads one to three digits without leading zeros.
    private static func number(_ text: Substring) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy(ASCII.isDigit),
            text == "0" || text.utf8.first != ASCII.zero
        else { return nil }
        return Int(text)
    }
}
