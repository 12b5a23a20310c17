internal import Bytes

/// Reads the elements of an `Accept` or `Accept-Encoding` field, one after another:
/// `value ; parameter=value ; q=0.5`, separated by commas. Any bytes are accepted; an element with
/// a malformed quality has none.
struct AcceptElements: ~Escapable {
    private let field: RawSpan
    private var offset = 0

    /// The element's value, without surrounding space.
    private(set) var value: RawSpan
    /// Its `version` parameter; empty if it has none.
    private(set) var version: RawSpan
    /// Its quality in thousandths; 1000 if it has none, nil if it is malformed.
    private(set) var quality: Int?

    @_lifetime(copy field)
    init(_ field: RawSpan) {
        self.field = field
        value = field.extracting(0..<0)
        version = field.extracting(0..<0)
    }

    /// Reads the next nonempty element; returns false at the end.
    @_lifetime(self: copy self)
    mutating func next() -> Bool {
        while offset < field.byteCount {
            version = field.extracting(0..<0)
            quality = 1000
            value = field.extracting(part())
            while offset < field.byteCount, field[offset] == 0x3B {
                offset += 1
                readParameter(part())
            }
            // The position is at a comma or at the end.
            offset += 1
            if value.byteCount > 0 { return true }
        }
        return false
    }

    /// The text up to the next `;` or `,` outside quotes, without surrounding space.
    @_lifetime(self: copy self)
    private mutating func part() -> Range<Int> {
        let start = offset
        var isQuoted = false
        while offset < field.byteCount {
            let byte = field[offset]
            if byte == ASCII.quote { isQuoted.toggle() }
            if isQuoted, byte == ASCII.backslash { offset += 1 }
            if !isQuoted, byte == ASCII.comma || byte == 0x3B { break }
            offset += 1
        }
        offset = min(offset, field.byteCount)
        var part = start..<offset
        while !part.isEmpty, isSpace(part.lowerBound) { part.removeFirst() }
        while !part.isEmpty, isSpace(part.upperBound - 1) { part.removeLast() }
        return part
    }

    private func isSpace(_ offset: Int) -> Bool {
        field[offset] == ASCII.space || field[offset] == ASCII.tab
    }

    @_lifetime(self: copy self)
    private mutating func readParameter(_ range: Range<Int>) {
        let text = field.extracting(range)
        var equals = 0
        while equals < text.byteCount, text[equals] != 0x3D { equals += 1 }
        guard equals < text.byteCount else { return }
        let name = text.extracting(0..<equals)
        let value = text.extracting((equals + 1)..<text.byteCount)
        if name.equals(ignoringCase: "q") {
            quality = thousandths(value)
        } else if name.equals(ignoringCase: "version") {
            let isQuoted = value.byteCount >= 2 && value[0] == ASCII.quote
            let end = range.upperBound - (isQuoted ? 1 : 0)
            let start = range.upperBound - value.byteCount + (isQuoted ? 1 : 0)
            version = field.extracting(start..<end)
        }
    }
}

/// A quality in thousandths (RFC 9110, section 12.4.2): `0` or `1` and up to three decimals, which
/// are zeros after a 1. Nil for anything else.
private func thousandths(_ text: RawSpan) -> Int? {
    let length = text.byteCount
    guard length >= 1, length <= 5, length == 1 || text[1] == 0x2E else { return nil }
    var value = 0
    for place in 0..<4 {
        // The point is at index 1; every other byte is a digit.
        let offset = place == 0 ? 0 : place + 1
        var digit = 0
        if offset < length {
            guard ASCII.isDigit(text[offset]) else { return nil }
            digit = Int(text[offset] - ASCII.zero)
        }
        value = value * 10 + digit
    }
    return value <= 1000 ? value : nil
}
