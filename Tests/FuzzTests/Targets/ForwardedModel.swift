import Addresses
import Bytes
import Glibc
import Wire

/// The two fields' grammars read as plainly as it goes: by splitting.
enum ForwardedModel {
    /// An address for each hop, the farthest first; nil where a hop has none.
    typealias Hops = [IPAddress?]

    /// Walks from the one who is connected towards the client, as long as everybody is believed.
    static func client(
        _ hops: Hops, behind peer: IPAddress, trusting isTrusted: (IPAddress) -> Bool
    ) -> ClientAddress {
        var farthest = peer
        for hop in hops.reversed() {
            guard let hop else { return ClientAddress(farthest, isHidden: true) }
            farthest = hop
            if !isTrusted(hop) { break }
        }
        return ClientAddress(farthest)
    }

    static func hops(xForwardedFor line: [UInt8]) -> Hops {
        line.split(separator: 0x2C, omittingEmptySubsequences: false)
            .map { node(trimmed($0), takesBareIPv6: true, takesNamedPort: false) }
    }

    /// - Returns: nil where quotes make the line too much for splitting.
    static func hops(forwarded line: [UInt8]) -> Hops? {
        guard !line.contains(0x5C), let elements = split(line[...], at: 0x2C) else { return nil }
        var hops: Hops = []
        for element in elements {
            guard let pairs = split(trimmed(element), at: 0x3B) else { return nil }
            let said = pairs.filter { !$0.isEmpty }.map(Self.pair)
            let told = said.filter { $0.map { lowercased($0.name) == Array("for".utf8) } ?? false }
            if said.contains(where: { $0 == nil }) || told.count > 1 { return hops + [nil] }
            let value = told.first.flatMap { $0?.value }
            hops.append(
                value.flatMap { node($0[...], takesBareIPv6: false, takesNamedPort: true) })
        }
        return hops
    }

    /// The same hops as a line of `Forwarded`.
    static func write(_ hops: Hops) -> [UInt8] {
        let elements = hops.map { hop in
            hop.map { $0.isIPv4 ? "for=\($0)" : "for=\"[\($0)]\"" } ?? "for=unknown"
        }
        return Array(elements.joined(separator: ", ").utf8)
    }

    // MARK: Parts

    /// Splits outside of quotes; nil where a quote is not closed.
    private static func split(_ text: ArraySlice<UInt8>, at separator: UInt8) -> [ArraySlice<
        UInt8
    >]? {
        var parts = [text.prefix(0)]
        var isQuoted = false
        for place in text.indices {
            if text[place] == 0x22 { isQuoted.toggle() }
            if text[place] == separator, !isQuoted {
                parts.append(text[(place + 1)..<(place + 1)])
            } else {
                parts[parts.count - 1] = text[parts[parts.count - 1].startIndex...place]
            }
        }
        return isQuoted ? nil : parts
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 9 }
        let start = text.drop(while: isBlank)
        return start.prefix(
            (start.lastIndex { !isBlank($0) } ?? start.startIndex - 1) + 1 - start.startIndex)
    }

    /// `token "=" ( token / quoted-string )`
    private static func pair(_ text: ArraySlice<UInt8>) -> (name: [UInt8], value: [UInt8])? {
        guard let sign = text.firstIndex(of: 0x3D), isToken(text[..<sign]) else { return nil }
        let value = text[(sign + 1)...]
        if isToken(value) { return (Array(text[..<sign]), Array(value)) }
        guard value.count >= 2, value.first == 0x22, value.last == 0x22,
            value.count(where: { $0 == 0x22 }) == 2
        else { return nil }
        return (Array(text[..<sign]), Array(value.dropFirst().dropLast()))
    }

    private static let marks = Set("!#$%&'*+-.^_`|~".utf8)

    private static func isToken(_ text: ArraySlice<UInt8>) -> Bool {
        !text.isEmpty && text.allSatisfy { isAlphanumeric($0) || marks.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }

    /// An address, perhaps with a port behind it.
    private static func node(
        _ text: ArraySlice<UInt8>, takesBareIPv6: Bool, takesNamedPort: Bool
    ) -> IPAddress? {
        func isPort(_ text: ArraySlice<UInt8>) -> Bool {
            if text.isEmpty { return true }
            guard text.first == 0x3A else { return false }
            let port = text.dropFirst()
            if takesNamedPort, port.first == 0x5F {
                return port.count > 1
                    && port.allSatisfy { isAlphanumeric($0) || Set("._-".utf8).contains($0) }
            }
            return (1...5).contains(port.count) && port.allSatisfy { (0x30...0x39).contains($0) }
                && UInt16(String(decoding: port, as: UTF8.self)) != nil
        }
        if text.first == 0x5B {
            guard let end = text.firstIndex(of: 0x5D), isPort(text[(end + 1)...]) else {
                return nil
            }
            return ProxyModel.address(Array(text[..<end].dropFirst()), AF_INET6)
        }
        let host = text.prefix { $0 != 0x3A }
        if let address = ProxyModel.address(Array(host), AF_INET) {
            return isPort(text[host.endIndex...]) ? address : nil
        }
        return takesBareIPv6 ? ProxyModel.address(Array(text), AF_INET6) : nil
    }
}
