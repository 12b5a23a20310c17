internal import Bytes

/// A network of addresses as one writes it: `10.0.0.0/8`, `2001:db8::/32`, or one address alone.
package struct AddressNetwork: Equatable, Sendable, BitwiseCopyable {
    /// Its first address.
    package let base: IPAddress
    /// Leading bits that its addresses share, of 128; an IPv4 network's own and 96.
    package let prefixBits: Int

    /// - Returns: nil where the text is no address, the prefix is no number that fits it, or the
    ///   address has bits behind the prefix: `10.0.0.1/8` is more likely a slip than a network.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = String(parts[0]).withBytes({ IPAddress(text: $0) }) else { return nil }
        self.base = base
        if parts.count == 1 {
            prefixBits = 128
            return
        }
        // `::ffff:10.0.0.0/104` is IPv4 in the other spelling, and counts its bits from there.
        let isDotted = !parts[0].utf8.contains(ASCII.colon)
        guard let bits = Self.number(parts[1]), bits <= (isDotted ? 32 : 128) else { return nil }
        prefixBits = isDotted ? bits + 96 : bits
        guard prefixBits >= 96 || !base.isIPv4 else { return nil }
        let mask = Self.mask(prefixBits)
        guard base.high & ~mask.high == 0, base.low & ~mask.low == 0 else { return nil }
    }

    /// Whether the address is one of the network's. `::/0` holds every IPv6 address, and no IPv4
    /// one, whose mapped form is a matter of this program's own.
    package func contains(_ address: IPAddress) -> Bool {
        guard address.isIPv4 == base.isIPv4 else { return false }
        let mask = Self.mask(prefixBits)
        return (address.high ^ base.high) & mask.high == 0
            && (address.low ^ base.low) & mask.low == 0
    }

    private static func mask(_ bits: Int) -> (high: UInt64, low: UInt64) {
        // Shifts by as much as the width, or by less than nothing, are defined: `<<` is smart.
        (UInt64.max << (64 - min(bits, 64)), UInt64.max << (128 - max(bits, 64)))
    }

    /// One to three digits, without leading zeros.
    private static func number(_ text: Substring) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy(ASCII.isDigit),
            text == "0" || text.utf8.first != ASCII.zero
        else { return nil }
        return Int(text)
    }
}
