internal import Bytes

/// What a string node stands for, decoded as it is read: nothing is copied.
enum JSONString {
    /// Bytes of the decoded string, in UTF-8.
    static func decodedCount(_ node: JSONNode, in bytes: RawSpan) -> Int {
        guard node.hasEscapes else { return Int(node.count) }
        var reader = Reader(node)
        var count = 0
        while reader.next(bytes) != nil { count += 1 }
        return count
    }

    static func equal(_ left: JSONNode, _ right: JSONNode, in bytes: RawSpan) -> Bool {
        if left.hasEscapes || right.hasEscapes {
            var leftReader = Reader(left)
            var rightReader = Reader(right)
            while let byte = leftReader.next(bytes) {
                guard rightReader.next(bytes) == byte else { return false }
            }
            return rightReader.next(bytes) == nil
        }
        guard left.count == right.count else { return false }
        let leftStart = Int(left.start)
        let rightStart = Int(right.start)
        for index in 0..<Int(left.count)
        where bytes[leftStart &+ index] != bytes[rightStart &+ index] {
            return false
        }
        return true
    }

    static func hash(
        _ node: JSONNode, object: Int, in bytes: RawSpan, _ key: SipHash.Key
    ) -> UInt64 {
        var hash = SipHash(key)
        hash.append(word: UInt64(object))
        if node.hasEscapes {
            var reader = Reader(node)
            while let byte = reader.next(bytes) { hash.append(byte) }
            return hash.finish()
        }
        var at = Int(node.start)
        let end = at + Int(node.count)
        while at + 8 <= end {
            hash.append(word: bytes.word(at: at))
            at += 8
        }
        while at < end {
            hash.append(bytes[at])
            at += 1
        }
        return hash.finish()
    }

    /// The decoded bytes, one after the other.
    struct Reader {
        private var at: Int
        private let end: Int
        /// Bytes of an escape that are not handed out yet, the next least significant.
        private var pending: UInt32 = 0
        private var pendingCount = 0

        init(_ node: JSONNode) {
            at = Int(node.start)
            end = at + Int(node.count)
        }

        mutating func next(_ bytes: RawSpan) -> UInt8? {
            if pendingCount == 0 {
                guard at < end else { return nil }
                let byte = bytes[at]
                guard byte == Byte.backslash else {
                    at += 1
                    return byte
                }
                let escape = JSONEscape(in: bytes, at: at)
                at += escape.length
                pending = escape.utf8
                pendingCount = escape.utf8Count
            }
            let byte = UInt8(truncatingIfNeeded: pending)
            pending >>= 8
            pendingCount -= 1
            return byte
        }
    }
}
