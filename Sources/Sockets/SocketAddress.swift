package import Addresses
internal import Bytes
internal import CLinux
internal import Glibc

/// An IPv4 or IPv6 address with a port, as one writes it: `127.0.0.1:8080`, `[::1]:8080`.
package struct SocketAddress: Equatable, Sendable, CustomStringConvertible {
    /// The address without the port.
    package let octets: IPAddress
    package let port: UInt16
    package let isIPv6: Bool

    /// - Parameter text: an address and a port; `localhost` stands for 127.0.0.1, `*` for 0.0.0.0.
    /// - Returns: nil where the text is not one.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Self.port(text[text.index(after: colon)...]), !text.utf8.contains(0)
        else { return nil }
        var host = String(text[..<colon])
        if host == "localhost" { host = "127.0.0.1" }
        if host == "*" { host = "0.0.0.0" }
        self.port = port
        var four = in_addr()
        var six = in6_addr()
        if unsafe inet_pton(AF_INET, host, &four) == 1 {
            octets = IPAddress(ipv4: UInt32(bigEndian: four.s_addr))
            isIPv6 = false
        } else if host.hasPrefix("["), host.hasSuffix("]"),
            unsafe inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &six) == 1
        {
            octets = IPAddress(ipv6: six)
            isIPv6 = true
        } else {
            return nil
        }
    }

    /// - Parameter literal: an IPv4 address, or an IPv6 address without brackets.
    /// - Returns: nil where it is neither.
    package init?(literal: String, port: UInt16) {
        var address: SocketAddress?
        if literal.contains(":") {
            address = SocketAddress("[\(literal)]:\(port)")
        } else if literal.utf8.first.map({ $0 >= 0x30 && $0 <= 0x39 }) ?? false {
            address = SocketAddress("\(literal):\(port)")
        }
        guard let address else { return nil }
        self = address
    }

    /// The same address with another port.
    func with(port: UInt16) -> SocketAddress {
        SocketAddress(octets: octets, port: port, isIPv6: isIPv6)
    }

    private init(octets: IPAddress, port: UInt16, isIPv6: Bool) {
        self.octets = octets
        self.port = port
        self.isIPv6 = isIPv6
    }

    /// Digits only: `UInt16` by itself would read `+80` as well.
    private static func port(_ text: Substring) -> UInt16? {
        text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? UInt16(text) : nil
    }

    /// Reads an address that the C library has made, with another port.
    /// - Returns: nil where it is none, or of another family than IPv4 and IPv6.
    init?(kernel address: UnsafePointer<sockaddr>?, port: UInt16) {
        guard let address = unsafe address else { return nil }
        // Safe: the family says which structure lies there, and no more than it is read.
        let raw = unsafe UnsafeRawPointer(address)
        switch Int32(unsafe address.pointee.sa_family) {
        case AF_INET:
            let four = unsafe raw.loadUnaligned(as: sockaddr_in.self)
            octets = IPAddress(ipv4: UInt32(bigEndian: four.sin_addr.s_addr))
            isIPv6 = false
        case AF_INET6:
            let six = unsafe raw.loadUnaligned(as: sockaddr_in6.self)
            octets = IPAddress(ipv6: six.sin6_addr)
            isIPv6 = true
        default: return nil
        }
        self.port = port
    }

    /// Reads what `accept` or `getsockname` filled in.
    init(_ storage: sockaddr_storage) {
        var storage = storage
        if Int32(storage.ss_family) == AF_INET6 {
            let six = unsafe withUnsafeBytes(of: &storage) { unsafe $0.load(as: sockaddr_in6.self) }
            octets = IPAddress(ipv6: six.sin6_addr)
            port = UInt16(bigEndian: six.sin6_port)
            isIPv6 = true
        } else {
            let four = unsafe withUnsafeBytes(of: &storage) { unsafe $0.load(as: sockaddr_in.self) }
            octets = IPAddress(ipv4: UInt32(bigEndian: four.sin_addr.s_addr))
            port = UInt16(bigEndian: four.sin_port)
            isIPv6 = false
        }
    }

    /// Calls `body` with the kernel's form of the address.
    func withKernelForm<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        let length: socklen_t
        if isIPv6 {
            var six = sockaddr_in6()
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &six.sin6_addr) { bytes in
                unsafe bytes.storeBytes(of: octets.high.bigEndian, as: UInt64.self)
                unsafe bytes.storeBytes(of: octets.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            unsafe withUnsafeMutableBytes(of: &storage) {
                unsafe $0.storeBytes(of: six, as: sockaddr_in6.self)
            }
        } else {
            var four = sockaddr_in()
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            four.sin_addr.s_addr = UInt32(truncatingIfNeeded: octets.low).bigEndian
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            unsafe withUnsafeMutableBytes(of: &storage) {
                unsafe $0.storeBytes(of: four, as: sockaddr_in.self)
            }
        }
        return unsafe withUnsafeBytes(of: &storage) { bytes in
            unsafe bytes.withMemoryRebound(to: sockaddr.self) { addresses in
                unsafe body(addresses.baseAddress.unsafelyUnwrapped, length)
            }
        }
    }

    /// Whether only this machine can be the peer: 127.0.0.0/8 or ::1.
    package var isLoopback: Bool { octets.isLoopback }

    /// As ``init(_:)`` reads it.
    package var description: String {
        if !isIPv6 { return "\(octets):\(port)" }
        // Octets of a mapped address print as the IPv4 address that they are.
        return octets.isIPv4 ? "[::ffff:\(octets)]:\(port)" : "[\(octets)]:\(port)"
    }
}

extension IPAddress {
    init(ipv6 address: in6_addr) {
        var address = address
        self = unsafe withUnsafeBytes(of: &address) { bytes in
            unsafe IPAddress(
                high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }
}
