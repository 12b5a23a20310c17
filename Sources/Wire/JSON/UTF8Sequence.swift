internal import Bytes

/// Well-formed UTF-8 (RFC 3629, 4; Unicode, table 3-7): no overlong forms, no surrogates, nothing
/// beyond U+10FFFF.
enum UTF8Sequence {
    /// Bytes of the well-formed sequence at `at`, 1 to 4; 0 if there is none.
    static func length(in bytes: RawSpan, at: Int, to end: Int) -> Int {
        let lead = bytes[at]
        if lead < 0x80 { return 1 }
        guard lead >= 0xC2, lead <= 0xF4, at &+ 1 < end else { return 0 }
        let second = bytes[at &+ 1]
        switch lead {
        case 0xE0: if second < 0xA0 { return 0 }
        case 0xED: if second > 0x9F { return 0 }
        case 0xF0: if second < 0x90 { return 0 }
        case 0xF4: if second > 0x8F { return 0 }
        default: break
        }
        guard isContinuation(second) else { return 0 }
        if lead < 0xE0 { return 2 }
        guard at &+ 2 < end, isContinuation(bytes[at &+ 2]) else { return 0 }
        if lead < 0xF0 { return 3 }
        guard at &+ 3 < end, isContinuation(bytes[at &+ 3]) else { return 0 }
        return 4
    }

    @inline(__always)
    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
