internal import Glibc

/// What a listener's setting names: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` (both
/// families), a host's name, `:8080` and `*:8080` (every address of the machine, both families).
package struct ListenAddress: Equatable, Sendable, CustomStringConvertible {
    private enum Host: Equatable, Sendable {
        case every
        case address(SocketAddress)
        case localhost
        case name(String)
    }

    private let host: Host
    private let port: UInt16
    package let description: String

    /// Addresses that one name is listened on at, at most.
    package static var maximumAddresses: Int { 16 }

    /// - Returns: nil where the text is none of these.
    package init?(_ text: String) {
        description = text
        if let address = SocketAddress(text), !text.hasPrefix("localhost"), !text.hasPrefix("*") {
            host = .address(address)
            port = address.port
            return
        }
        guard let colon = text.lastIndex(of: ":"),
            // The port's grammar is the address's.
            let port = SocketAddress("0.0.0.0" + text[colon...])?.port
        else { return nil }
        let name = text[..<colon].lowercased()
        switch name {
        case "", "*": host = .every
        case "localhost": host = .localhost
        default:
            guard Self.isName(name) else { return nil }
            host = .name(name)
        }
        self.port = port
    }

    /// Letters, digits, `-` and `_` between dots. A name whose last part is a number would be read
    /// as an address by the resolver (RFC 1123, 2.1).
    private static func isName(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isDigit: (UInt8) -> Bool = { $0 >= 0x30 && $0 <= 0x39 }
        return parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy {
                    isDigit($0) || ($0 >= 0x61 && $0 <= 0x7A) || $0 == 0x2D || $0 == 0x5F
                }
        } && parts.last.map { !$0.utf8.allSatisfy(isDigit) } ?? false
    }

    /// The addresses to listen on, IPv4 first. A host's name is looked up, which waits as
    /// ``HostLookup`` says.
    /// - Throws: ``HostLookupError`` where the name is not known, or has too many addresses.
    package func addresses() throws(HostLookupError) -> [SocketAddress] {
        switch host {
        case .address(let address): return [address]
        case .every: return literals("0.0.0.0", "::")
        case .localhost: return literals("127.0.0.1", "::1")
        case .name(let name):
            let found = try HostLookup.addresses(of: name, port: port)
            guard found.count <= Self.maximumAddresses else {
                throw HostLookupError(
                    reason: "it has more than \(Self.maximumAddresses) addresses")
            }
            return found.filter { !$0.isIPv6 } + found.filter(\.isIPv6)
        }
    }

    private func literals(_ texts: String...) -> [SocketAddress] {
        texts.compactMap { SocketAddress(literal: $0, port: port) }
    }

    /// Whether an address that could not be bound may be left out: IPv6 on a machine without it,
    /// where the text names both families.
    package func canDoWithout(_ address: SocketAddress, after error: SystemError) -> Bool {
        switch host {
        case .address, .name: false
        case .every, .localhost:
            address.isIPv6 && (error.code == EAFNOSUPPORT || error.code == EADDRNOTAVAIL)
        }
    }
}
