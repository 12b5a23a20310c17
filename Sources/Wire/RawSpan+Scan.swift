internal import Bytes

extension RawSpan {
    /// Eight bytes from `offset`, the first of them least significant.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset &+ 8 <= byteCount, "reads within the span")
        return unsafe uncheckedWord(at: offset)
    }

    /// The same, for loops that keep `0 <= offset <= byteCount - 8` themselves.
    @unsafe
    @inline(__always)
    private func uncheckedWord(at offset: Int) -> UInt64 {
        // Every bit pattern is an integer.
        let word = unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
        return UInt64(littleEndian: word)
    }

    /// The first byte in `start..<end` below 0x20 or equal to 0x7F, tabs aside; else `end`.
    /// - Precondition: `0 <= start <= end <= byteCount`.
    @inline(__always)
    func firstControl(from start: Int, to end: Int) -> Int {
        precondition(start >= 0 && start <= end && end <= byteCount, "scans within the span")
        let lastWord = min(end, byteCount &- 8)
        var at = start
        while true {
            while at <= lastWord {
                let flags = unsafe SWAR.control(in: uncheckedWord(at: at))
                if flags != 0 {
                    at &+= SWAR.first(flags)
                    break
                }
                at &+= 8
            }
            guard at < end else { return end }
            let byte = self[at]
            if (byte < 0x20 && byte != Byte.tab) || byte == Byte.delete { return at }
            at &+= 1
        }
    }

    /// The first byte in `start..<end` that a JSON string cannot hold as it is, or that needs a
    /// closer look: a control byte, a quote, a backslash, a byte beyond ASCII; else `end`.
    /// - Precondition: `0 <= start <= end <= byteCount`.
    @inline(__always)
    func firstNotPlainJSON(from start: Int, to end: Int) -> Int {
        precondition(start >= 0 && start <= end && end <= byteCount, "scans within the span")
        var at = start
        while at < end {
            if at &+ 8 <= byteCount {
                let word = word(at: at)
                let flags =
                    SWAR.below(0x20, in: word) | SWAR.equal(Byte.quote, in: word)
                    | SWAR.equal(Byte.backslash, in: word) | (word & SWAR.tops)
                if flags == 0 {
                    at &+= 8
                    continue
                }
                return min(at &+ SWAR.first(flags), end)
            }
            let byte = self[at]
            if byte < 0x20 || byte == Byte.quote || byte == Byte.backslash || byte >= 0x80 {
                return at
            }
            at &+= 1
        }
        return end
    }

    /// The first byte in `start..<end` that is not of the set; else `end`.
    @inline(__always)
    func firstNot(_ set: ByteSet, from start: Int, to end: Int) -> Int {
        var at = start
        while at < end, set.contains(self[at]) { at &+= 1 }
        return at
    }

    /// A place in `start..<end`, or `end`, with only letters, digits and hyphens before it: the
    /// first byte that is none of them, or a place shortly before it at the end of the span.
    /// - Precondition: `0 <= start <= end <= byteCount`.
    @inline(__always)
    func skipPlain(from start: Int, to end: Int) -> Int {
        precondition(start >= 0 && start <= end && end <= byteCount, "scans within the span")
        let lastWord = min(end, byteCount &- 8)
        var at = start
        while at <= lastWord {
            let flags = unsafe SWAR.notPlain(in: uncheckedWord(at: at))
            if flags != 0 { return min(at &+ SWAR.first(flags), end) }
            at &+= 8
        }
        return min(at, end)
    }

    /// The first `byte` in `start..<end`, if there is one.
    func first(_ byte: UInt8, from start: Int, to end: Int) -> Int? {
        var at = start
        while at < end {
            if self[at] == byte { return at }
            at &+= 1
        }
        return nil
    }

    /// Whether the token at `start` is `name`, in either case.
    ///
    /// Setting bit 5 lowers letters and leaves the other bytes of a name in lower case as they are;
    /// of the bytes of a token, only letters become letters and only `-` becomes `-`.
    /// - Parameters:
    ///   - count: the token's length, already known to be the name's.
    ///   - name: lower-case letters and hyphens only.
    @inline(__always)
    func isToken(at start: Int, count: Int, named name: StaticString) -> Bool {
        guard count == name.utf8CodeUnitCount else { return false }
        let lower = SWAR.ones &* 0x20
        var at = 0
        while at < count, count >= 8 {
            // The last word may overlap the one before it.
            let place = min(at, count &- 8)
            // Safe: `place + 8` is within the text's length.
            let expected = unsafe UInt64(
                littleEndian: UnsafeRawPointer(name.utf8Start)
                    .loadUnaligned(fromByteOffset: place, as: UInt64.self))
            if word(at: start &+ place) | lower != expected { return false }
            at &+= 8
        }
        while at < count {
            // Safe: `at` is within the text's length.
            if unsafe self[start &+ at] | 0x20 != name.utf8Start[at] { return false }
            at &+= 1
        }
        return true
    }

    /// The range without the spaces and tabs at its ends (RFC 9110, 5.6.3: OWS).
    @inline(__always)
    func trimmed(_ start: Int, _ end: Int) -> (start: Int, end: Int) {
        var start = start
        var end = end
        while start < end, self[start] == Byte.space || self[start] == Byte.tab { start &+= 1 }
        while start < end, self[end &- 1] == Byte.space || self[end &- 1] == Byte.tab {
            end &-= 1
        }
        return (start, end)
    }

    /// Whether a range is a port in decimal: one to five digits, 65,535 at most.
    func isPort(_ range: Range<Int>) -> Bool {
        guard (1...5).contains(range.count) else { return false }
        var port = 0
        for at in range {
            guard Byte.isDigit(self[at]) else { return false }
            port = port * 10 + Int(self[at] - Byte.zero)
        }
        return port <= 65_535
    }
}
