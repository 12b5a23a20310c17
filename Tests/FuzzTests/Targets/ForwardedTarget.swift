import Addresses
import Bytes
import Wire

/// `X-Forwarded-For` and `Forwarded`: the lines of the input are the lines of a request's field.
///
/// The client is the one that a second reading of the rules finds, from the right; several lines
/// say what one line of all of them says; and both fields say the same where they can.
enum ForwardedTarget {
    private static let peer = IPAddress(ipv4: 0x0A00_0001)

    @Sendable static func run(_ input: [UInt8]) throws {
        let lines = input.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        let joined = Array(lines.joined(separator: [0x2C]))

        let hops = lines.flatMap(ForwardedModel.hops(xForwardedFor:))
        let client = ForwardedModel.client(hops, behind: peer, trusting: isTrusted)
        try require(xForwardedFor(lines) == client, "X-Forwarded-For: not \(client)")
        try require(xForwardedFor([joined]) == client, "X-Forwarded-For in one line: not \(client)")
        let written = ForwardedModel.write(hops)
        try require(forwarded([written]) == client, "written as Forwarded: not \(client)")

        let told = forwarded(lines)
        let parts = lines.map(ForwardedModel.hops(forwarded:))
        if !parts.contains(where: { $0 == nil }) {
            let hops = parts.flatMap { $0 ?? [] }
            let client = ForwardedModel.client(hops, behind: peer, trusting: isTrusted)
            try require(told == client, "Forwarded: \(told), not \(client)")
        }
        if lines.dropLast().allSatisfy(isWhole) {
            try require(forwarded([joined]) == told, "Forwarded in one line: not \(told)")
        }
    }

    /// Even addresses are proxies that are believed.
    private static func isTrusted(_ address: IPAddress) -> Bool { address.low & 1 == 0 }

    private static func xForwardedFor(_ lines: [[UInt8]]) -> ClientAddress {
        var chain = ForwardedChain()
        for line in lines {
            line.withBytes { chain.append(xForwardedFor: $0, trusting: isTrusted) }
        }
        return chain.client(behind: peer)
    }

    private static func forwarded(_ lines: [[UInt8]]) -> ClientAddress {
        var chain = ForwardedChain()
        for line in lines {
            line.withBytes { chain.append(forwarded: $0, trusting: isTrusted) }
        }
        return chain.client(behind: peer)
    }

    /// Whether the line ends where an element ends: then a stranger behind it is the client.
    private static func isWhole(_ line: [UInt8]) -> Bool {
        let stranger = IPAddress(ipv4: 0xC000_0201)
        let found = forwarded([line + Array(",for=192.0.2.1".utf8)])
        return found == ClientAddress(stranger)
    }
}
