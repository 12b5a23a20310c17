internal import Bytes

/// A form of a `User-Agent` that no browser writes, whatever the words in it.
enum ValueShape: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// A name alone, or with a version and nothing else: `undici`, `newspaper/0.2.8`.
    case bare
    /// 50 bytes or more without a space.
    case blob
    /// An e-mail address.
    case contact

    var name: String {
        switch self {
        case .bare: "bare"
        case .blob: "blob"
        case .contact: "contact"
        }
    }

    /// - Parameter at: where the first `@` is; nil without one.
    func holds(for value: ByteRange, in head: RawSpan, firstAt at: Int?) -> Bool {
        let end = value.range.upperBound
        switch self {
        case .bare: return Self.isBare(head, from: value.range.lowerBound, to: end)
        case .blob: return Self.isBlob(head, from: value.range.lowerBound, to: end)
        case .contact:
            guard let at else { return false }
            return Self.isContact(head, from: at, to: end)
        }
    }

    /// `name`, `name/1.2`, `name/v1.2`: letters, digits, spaces and `._-` before the slash, numbers
    /// of at most ten digits behind it.
    private static func isBare(_ head: RawSpan, from start: Int, to end: Int) -> Bool {
        var at = start
        while at < end, isOfName(head.byte(at: at)) { at &+= 1 }
        if at == end { return true }
        guard head.byte(at: at) == UInt8(ascii: "/"), at > start else { return false }
        at &+= 1
        if at < end, head.byte(at: at) | 0x20 == UInt8(ascii: "v") { at &+= 1 }
        while true {
            let number = at
            while at < end, head.byte(at: at) &- 0x30 < 10 { at &+= 1 }
            guard at > number, at &- number <= 10 else { return false }
            if at == end { return true }
            guard head.byte(at: at) == UInt8(ascii: ".") else { return false }
            at &+= 1
        }
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        isLetter(byte) || byte &- 0x30 < 10 || byte == 0x20 || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    private static func isBlob(_ head: RawSpan, from start: Int, to end: Int) -> Bool {
        guard end &- start >= 50 else { return false }
        var at = start
        while at < end, head.byte(at: at) != 0x20 { at &+= 1 }
        return at == end
    }

    /// A letter behind the `@`, then letters, digits and hyphens, then a full stop.
    private static func isContact(_ head: RawSpan, from at: Int, to end: Int) -> Bool {
        var at = at &+ 1
        guard at < end, isLetter(head.byte(at: at)) else { return false }
        while at < end {
            let byte = head.byte(at: at)
            if byte == UInt8(ascii: ".") { return true }
            guard isLetter(byte) || byte &- 0x30 < 10 || byte == UInt8(ascii: "-") else {
                return false
            }
            at &+= 1
        }
        return false
    }
}

/// Whether it is an ASCII letter.
@inline(__always)
func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
