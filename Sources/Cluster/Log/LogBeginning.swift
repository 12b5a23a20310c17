internal import Cryptography
package import Log

/// Where a log that several nodes share begins: behind what the node that made it had alone.
package struct LogBeginning: Equatable, Sendable {
    /// The number of its first record.
    package let first: UInt64
    /// The chain value before it: 64 hexadecimal digits.
    package let chain: String

    /// - Returns: nil where a part is not as it must be.
    package init?(first: UInt64, chain: String) {
        guard first >= 1, chain.utf8.count == 2 * SHA256Digest.byteCount,
            chain.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.first = first
        self.chain = chain
    }

    package init(_ position: LogPosition) {
        first = position.nextSequence
        chain = position.chain.hexadecimal
    }

    /// `first/chain`: what the engine holds.
    package var text: String { "\(first)/\(chain)" }

    /// - Returns: nil where the text is not one that ``text`` makes.
    package init?(text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = UInt64(parts[0]), String(first) == parts[0] else {
            return nil
        }
        self.init(first: first, chain: String(parts[1]))
    }

    /// Whether the log begins at this place.
    package func isAt(_ position: LogPosition) -> Bool { self == LogBeginning(position) }

    /// Whether another chain value stands at this place, by its number, than the log begins with.
    func isContradicted(by position: LogPosition) -> Bool {
        first == position.nextSequence && !isAt(position)
    }
}
