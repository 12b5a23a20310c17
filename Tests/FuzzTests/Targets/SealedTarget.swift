import Bytes
import Cryptography

/// What is sealed in the log: nothing opens but what was sealed, and that in full.
enum SealedTarget {
    private static let key = Array(repeating: UInt8(7), count: 32)

    @Sendable static func run(_ input: [UInt8]) throws {
        var opener = Opener()
        try require(open(input, with: &opener) == nil, "what was never sealed opens")
        var reader = InputReader(input)
        let split = Int(reader.byte())
        let place = Int(reader.byte())
        let change = reader.byte()
        let text = reader.rest()
        let first = Array(text.prefix(split))
        let second = Array(text.dropFirst(split))
        var sealer = Sealer()
        var sealed = ByteBuffer(capacity: 64)
        first.withBytes { first in
            second.withBytes { second in
                key.withBytes { _ = sealer.seal(first, second, key: $0, into: &sealed) }
            }
        }
        var bytes = sealed.bytes.array
        let opened = open(bytes, with: &opener)
        try require(opened?.first == first && opened?.second == second, "a seal got lost")
        bytes[place % bytes.count] ^= change
        try require((open(bytes, with: &opener) != nil) == (change == 0), "a changed seal opens")
    }

    private static func open(
        _ sealed: [UInt8], with opener: inout Opener
    ) -> (first: [UInt8], second: [UInt8])? {
        var plain = ByteBuffer(capacity: 16)
        return sealed.withBytes { sealed in
            do {
                let key = Self.key
                let parts = try unsafe opener.open(sealed, key: key.span.bytes, into: &plain)
                return (
                    plain.bytes.extracting(parts.first).array,
                    plain.bytes.extracting(parts.second).array
                )
            } catch {
                precondition(plain.count == 0, "what does not open leaves nothing behind")
                return nil
            }
        }
    }
}
