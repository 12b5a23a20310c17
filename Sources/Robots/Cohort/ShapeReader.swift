internal import Bytes

/// Reads a participant byte by byte for its ``ParticipantShape``.
///
/// A second `@` makes what seemed the domain a part of the stem, unread.
struct ShapeReader {
    private enum Run {
        case none, letters, digits
    }

    private var stem = ByteHash()
    private var pattern = ByteHash()
    private var domain = ByteHash()
    private var word = ByteHash()
    /// The last six letters of the word.
    private var tail: UInt64 = 0
    private var firstWord: UInt32 = 0
    private var lastWord: UInt32 = 0
    private var words = 0
    private var number: UInt32 = 0
    private var digits = 0
    private var run = Run.none
    private var runLength = 0
    private var changes = 0
    private var letters = 0
    private var consonants = 0
    private var longestConsonants = 0
    private var isCapital = false
    private var isInTag = false
    private var isInDomain = false
    private var isEmpty = true

    /// The signs of runs in the stem and the pattern: bytes that a string has no other use for.
    private enum Sign {
        static let digits: UInt8 = 0x01
        static let initial: UInt8 = 0x02
        static let word: UInt8 = 0x03
        static let capitalWord: UInt8 = 0x04
        static let address: UInt8 = 0x05
        /// Plus the number of digits, at most 15.
        static let digitCount: UInt8 = 0x10
    }

    mutating func read(_ byte: UInt8) {
        defer { isEmpty = false }
        if byte == 0x40 {
            endRun()
            if isInDomain { stem.add(domain.folded) }
            pattern.add(Sign.address)
            stem.add(byte)
            domain = ByteHash()
            isInDomain = true
            isInTag = false
        } else if isInDomain {
            domain.add(ASCII.lowercased(byte))
        } else if ASCII.isDigit(byte) {
            readDigit(byte)
        } else if ASCII.lowercased(byte) &- 0x61 < 26 || byte >= 0x80 {
            readLetter(byte)
        } else {
            endRun()
            pattern.add(byte)
            if byte == 0x2B, !isEmpty {
                isInTag = true
            } else if byte != 0x2E, !isInTag {
                stem.add(byte)
            }
        }
    }

    mutating func finish() -> ParticipantShape {
        if !isInDomain { endRun() }
        let isOpaque = changes >= ParticipantShape.opaqueChanges
        let domain = isInDomain ? self.domain.folded : 0
        var stem = self.stem
        stem.add(domain)
        var pattern = self.pattern
        if isOpaque {
            pattern = ByteHash()
            pattern.add(Sign.digits)
        }
        return ParticipantShape(
            stem: isOpaque || letters == 0 ? 0 : stem.folded, pattern: pattern.folded,
            domain: domain,
            words: isOpaque ? (0, 0) : (words > 1 ? firstWord : 0, lastWord),
            number: number, digits: UInt8(clamping: digits),
            consonants: UInt8(min(longestConsonants, 6)), isOpaque: isOpaque)
    }

    private mutating func readDigit(_ byte: UInt8) {
        if run != .digits {
            if run == .letters { changes += 1 }
            endRun()
            run = .digits
            number = 0
            digits = 0
            if !isInTag { stem.add(Sign.digits) }
        }
        runLength += 1
        digits += 1
        // Nine digits fit 32 bits: of a longer run, the last nine.
        number = (number % 100_000_000) * 10 + UInt32(byte - ASCII.zero)
    }

    private mutating func readLetter(_ byte: UInt8) {
        if run != .letters {
            if run == .digits { changes += 1 }
            endRun()
            run = .letters
            word = ByteHash()
            tail = 0
            isCapital = byte &- 0x41 < 26
        }
        runLength += 1
        letters += 1
        let lowercased = ASCII.lowercased(byte)
        word.add(lowercased)
        tail = (tail << 8 | UInt64(lowercased)) & 0xFFFF_FFFF_FFFF
        if !isInTag { stem.add(lowercased) }
        consonants = Self.isVowel(lowercased) ? 0 : consonants + 1
        longestConsonants = max(longestConsonants, consonants)
    }

    /// a, e, i, o, u, y; and whatever is not ASCII.
    private static func isVowel(_ lowercased: UInt8) -> Bool {
        lowercased >= 0x80 || 0x0110_4111 >> UInt32(lowercased &- 0x61) & 1 == 1
    }

    private mutating func endRun() {
        switch run {
        case .none: break
        case .letters where runLength == 1: pattern.add(Sign.initial)
        case .letters:
            pattern.add(isCapital ? Sign.capitalWord : Sign.word)
            if !isInTag {
                var end = ByteHash()
                end.add(wide: tail)
                lastWord = end.folded
                words += 1
                if words == 1 { firstWord = word.folded }
            }
        case .digits: pattern.add(Sign.digitCount + UInt8(min(runLength, 15)))
        }
        run = .none
        runLength = 0
        consonants = 0
    }
}
