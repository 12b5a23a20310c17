import Bytes

/// The 32-byte digest of a front-end key: the key itself is shown once and kept nowhere.
package struct KeyDigest: Hashable, Sendable, BitwiseCopyable {
    /// The digest's bytes, eight to a word, the first one in the word's highest bits.
    package var words: (UInt64, UInt64, UInt64, UInt64)

    package init(words: (UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    /// `nil` unless there are exactly 32 bytes.
    package init?(_ bytes: RawSpan) {
        guard bytes.byteCount == 32 else { return nil }
        func word(_ index: Int) -> UInt64 {
            var word: UInt64 = 0
            for offset in (index * 8)..<(index * 8 + 8) { word = word << 8 | UInt64(bytes[offset]) }
            return word
        }
        words = (word(0), word(1), word(2), word(3))
    }

    /// `nil` unless the text is 64 hexadecimal digits.
    package init?(hex: String) {
        guard hex.utf8.count == 64 else { return nil }
        var words: InlineArray<4, UInt64> = [0, 0, 0, 0]
        for (position, byte) in hex.utf8.enumerated() {
            guard let digit = Self.digit(byte) else { return nil }
            words[position / 16] = words[position / 16] << 4 | digit
        }
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// 64 hexadecimal digits in lower case.
    package var hex: String {
        [words.0, words.1, words.2, words.3].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    package static func == (left: KeyDigest, right: KeyDigest) -> Bool {
        left.words == right.words
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        if ASCII.isDigit(byte) { return UInt64(byte - ASCII.zero) }
        let letter = ASCII.lowercased(byte) &- 0x61
        return letter < 6 ? UInt64(letter) + 10 : nil
    }
}

/// In JSON a digest is its 64 hexadecimal digits.
extension KeyDigest: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let digest = KeyDigest(hex: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a key's digest is 64 hexadecimal digits")
        }
        self = digest
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}
