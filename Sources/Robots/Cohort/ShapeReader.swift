internal import Bytes

/// Reads a participant for its ``ParticipantShape``.
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
    private var longestConsonants = 0
    private var isCapital = false
    private var isInTag = false
    private var isInDomain = false

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

    /// Reads a participant, run by run.
    mutating func read(_ participant: RawSpan) {
        var at = 0
        while at < participant.byteCount {
            let byte = participant.byte(at: at)
            if byte == 0x40 {
                at = readDomain(of: participant, from: at &+ 1)
            } else if ASCII.isDigit(byte) {
                at = readDigits(of: participant, from: at)
            } else if Self.isLetter(byte) {
                at = readLetters(of: participant, from: at)
            } else {
                readSeparator(byte, isFirst: at == 0)
                at &+= 1
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

    /// What follows an `@`, up to the next or to the end.
    /// - Returns: where it ends; so for runs.
    private mutating func readDomain(of participant: RawSpan, from start: Int) -> Int {
        endRun()
        if isInDomain { stem.add(domain.folded) }
        pattern.add(Sign.address)
        stem.add(UInt8(ascii: "@"))
        isInDomain = true
        isInTag = false
        let end = participant.first(0x40, from: start, to: participant.byteCount)
        var hash = ByteHash()
        hash.add(lowercased: participant, from: start, count: end &- start)
        domain = hash
        return end
    }

    private mutating func readDigits(of participant: RawSpan, from start: Int) -> Int {
        if run == .letters { changes += 1 }
        endRun()
        run = .digits
        if !isInTag { stem.add(Sign.digits) }
        var value: UInt32 = 0
        var at = start
        while at < participant.byteCount {
            let byte = participant.byte(at: at)
            guard ASCII.isDigit(byte) else { break }
            // Nine digits fit 32 bits: of a longer run, the last nine.
            if value >= 100_000_000 { value %= 100_000_000 }
            value = value &* 10 &+ UInt32(byte &- ASCII.zero)
            at &+= 1
        }
        number = value
        runLength = at &- start
        digits = runLength
        return at
    }

    private mutating func readLetters(of participant: RawSpan, from start: Int) -> Int {
        if run == .digits { changes += 1 }
        endRun()
        run = .letters
        isCapital = participant.byte(at: start) &- 0x41 < 26
        // At hand, for each byte needs what the one before left.
        var word = ByteHash()
        var stem = self.stem
        var tail: UInt64 = 0
        var consonants = 0
        var longest = longestConsonants
        var at = start
        while at < participant.byteCount {
            let byte = participant.byte(at: at)
            guard Self.isLetter(byte) else { break }
            let lowercased = ASCII.lowercased(byte)
            word.add(lowercased)
            if !isInTag { stem.add(lowercased) }
            tail = tail << 8 | UInt64(lowercased)
            consonants = Self.isVowel(lowercased) ? 0 : consonants &+ 1
            longest = max(longest, consonants)
            at &+= 1
        }
        self.word = word
        self.stem = stem
        self.tail = tail & 0xFFFF_FFFF_FFFF
        longestConsonants = longest
        runLength = at &- start
        letters &+= runLength
        return at
    }

    private mutating func readSeparator(_ byte: UInt8, isFirst: Bool) {
        endRun()
        pattern.add(byte)
        if byte == 0x2B, !isFirst {
            isInTag = true
        } else if byte != 0x2E, !isInTag {
            stem.add(byte)
        }
    }

    @inline(__always)
    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte >= 0x80
    }

    /// a, e, i, o, u, y; and whatever is not ASCII.
    private static func isVowel(_ lowercased: UInt8) -> Bool {
        lowercased >= 0x80 || 0x0110_4111 &>> UInt32(lowercased &- 0x61) & 1 == 1
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
    }
}
