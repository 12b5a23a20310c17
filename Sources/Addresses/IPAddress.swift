internal import Bytes
internal import Glibc

/// An IPv4 or IPv6 address in 16 bytes, IPv4 as `::ffff:a.b.c.d` (RFC 4291, 2.5.5.2). So both
/// spellings of an IPv4 address are equal, for limits and for trust.
@usableFromInline
package struct IPAddress: Hashable, Sendable, BitwiseCopyable {
    /// The first and the last eight bytes, each as a number in network order.
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter ipv4: its four bytes in network order, as a number.
    package init(ipv4: UInt32) {
        high = 0
        low = 0xFFFF_0000_0000 | UInt64(ipv4)
    }

    package var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// The part that identifies one subscriber in counts: an IPv4 address, or the first 64 bits of
    /// an IPv6 address (RFC 6177), since a site chooses the others freely.
    package var subscriber: IPAddress { isIPv4 ? self : IPAddress(high: high, low: 0) }

    /// What of an address may be shown (C21): the first 24 bits of an IPv4 address, the first 48 of
    /// an IPv6 address; the rest is zero.
    package var network: IPAddress {
        isIPv4 ? IPAddress(high: high, low: low & ~0xFF) : IPAddress(high: high & ~0xFFFF, low: 0)
    }

    /// Its network in CIDR notation: `192.0.2.0/24`, `2001:db8:1::/48`.
    package var networkText: String { "\(network)\(isIPv4 ? "/24" : "/48")" }

    /// Whether it is a loopback address: 127.0.0.0/8 or ::1.
    package var isLoopback: Bool {
        isIPv4 ? UInt8(truncatingIfNeeded: low >> 24) == 127 : high == 0 && low == 1
    }
}

extension IPAddress: CustomStringConvertible {
    @usableFromInline package var description: String {
        if isIPv4 {
            return [24, 16, 8, 0].map { "\(UInt8(truncatingIfNeeded: low >> $0))" }
                .joined(separator: ".")
        }
        var address = in6_addr()
        unsafe withUnsafeMutableBytes(of: &address) { bytes in
            unsafe bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
            unsafe bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        let capacity = Int(INET6_ADDRSTRLEN)
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { text in
            guard let start = text.baseAddress,
                unsafe inet_ntop(AF_INET6, &address, start, socklen_t(capacity)) != nil
            else { return "?" }
            return unsafe String(cString: start)
        }
    }
}
