internal import Bytes

/// The grammar of chunk extensions (RFC 9112, 7.1.1), without the white space that it deprecates:
/// `*( ";" token [ "=" ( token / quoted-string ) ] )`. What they say is ignored.
enum ChunkExtensions {
    /// - Parameter start: where the first semicolon is. Control bytes have been looked for.
    static func isValid(_ bytes: RawSpan, from start: Int, to end: Int) -> Bool {
        var at = start
        while at < end {
            guard bytes[at] == 0x3B else { return false }
            let name = at + 1
            at = bytes.firstNot(.token, from: name, to: end)
            if at == name { return false }
            if at == end { return true }
            guard bytes[at] == 0x3D else { continue }
            let value = at + 1
            if value < end, bytes[value] == Byte.quote {
                guard let close = bytes.endOfQuoted(from: value, to: end) else { return false }
                at = close
            } else {
                at = bytes.firstNot(.token, from: value, to: end)
                if at == value { return false }
            }
        }
        return true
    }
}

extension RawSpan {
    /// Behind the closing quote of the quoted string that begins at `start` (RFC 9110, 5.6.4); nil
    /// where nothing closes it.
    func endOfQuoted(from start: Int, to end: Int) -> Int? {
        var at = start + 1
        while at < end {
            if self[at] == Byte.quote { return at + 1 }
            at += self[at] == Byte.backslash ? 2 : 1
        }
        return nil
    }
}
