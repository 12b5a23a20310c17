/// The node that may append, and since when.
package struct LogOwner: Equatable, Sendable {
    /// The node's name: 1 to 64 of `a-z`, `A-Z`, `0-9`, `.`, `_`, `-`.
    package let node: String
    /// Grows by one with each claim, so that no two owners' values are alike.
    package let term: UInt64
    /// Where other nodes reach it; at most 256 characters of printable ASCII.
    package let address: String

    /// - Returns: nil where a part is not as it must be.
    package init?(node: String, term: UInt64, address: String) {
        guard (1...64).contains(node.utf8.count), node.utf8.allSatisfy(Self.isOfAName),
            address.utf8.count <= 256, address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        self.node = node
        self.term = term
        self.address = address
    }

    private static func isOfAName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// `node/term/address`: what the engine holds and compares.
    package var text: String { "\(node)/\(term)/\(address)" }

    /// - Returns: nil where the text is not one that ``text`` makes.
    package init?(text: String) {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let term = UInt64(parts[1]), String(term) == parts[1] else {
            return nil
        }
        self.init(node: String(parts[0]), term: term, address: String(parts[2]))
    }
}
