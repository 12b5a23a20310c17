internal import Bytes

extension JSONDocument {
    /// The objects and arrays that are open, outermost first.
    struct Nesting {
        var depth = 0
        var containers = InlineArray<32, UInt32>(repeating: 0)
        /// Of an object, the keys that it has so far.
        var keyCounts = InlineArray<32, UInt32>(repeating: 0)

        var top: Int { Int(containers[depth - 1]) }
    }

    /// One turn of the loop reads one value, then closes all that ends behind it.
    mutating func read(_ bytes: RawSpan) throws(JSONError) {
        if bytes.byteCount >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw JSONError(.byteOrderMark, at: 0)
        }
        var nesting = Nesting()
        var at = 0
        while true {
            at = skipSpace(bytes, from: at)
            let first = try byte(bytes, at: at)
            if first == 0x7B || first == 0x5B {
                try open(first == 0x7B ? .object : .array, at: at, &nesting)
                at = skipSpace(bytes, from: at + 1)
                // `{}` and `[]`: each closing bracket is two behind its opening one.
                if try byte(bytes, at: at) != first + 2 {
                    if first == 0x7B { try readKey(bytes, &at, &nesting) }
                    continue
                }
                at += 1
                close(at: at, &nesting)
            } else {
                try readScalar(first, bytes, &at)
            }
            if try !readSeparators(bytes, &at, &nesting) { return }
        }
    }

    /// What may stand behind a value: closing brackets, then a comma, and an object's next key.
    /// - Returns: whether a value follows; false at the end of the text.
    private mutating func readSeparators(
        _ bytes: RawSpan, _ at: inout Int, _ nesting: inout Nesting
    ) throws(JSONError) -> Bool {
        while true {
            at = skipSpace(bytes, from: at)
            if nesting.depth == 0 {
                if at < bytes.byteCount { throw JSONError(.trailingContent, at: at) }
                return false
            }
            let isObject = nodes[nesting.top].kind == .object
            let separator = try byte(bytes, at: at)
            if separator == Byte.comma {
                at += 1
                if isObject {
                    at = skipSpace(bytes, from: at)
                    try readKey(bytes, &at, &nesting)
                }
                return true
            }
            guard separator == (isObject ? 0x7D : 0x5D) else {
                throw JSONError(.unexpectedByte, at: at)
            }
            at += 1
            close(at: at, &nesting)
        }
    }

    /// A key, its colon, and the space before it.
    private mutating func readKey(
        _ bytes: RawSpan, _ at: inout Int, _ nesting: inout Nesting
    ) throws(JSONError) {
        guard try byte(bytes, at: at) == Byte.quote else {
            throw JSONError(.unexpectedByte, at: at)
        }
        try readString(bytes, &at)
        let key = nodes.count - 1
        let level = nesting.depth - 1
        let isRepeated = keys.isRepeated(
            key, keysBefore: Int(nesting.keyCounts[level]), in: nesting.top, nodes, bytes)
        if isRepeated { throw JSONError(.duplicateKey, at: Int(nodes[key].start)) }
        nesting.keyCounts[level] += 1
        at = skipSpace(bytes, from: at)
        guard try byte(bytes, at: at) == Byte.colon else {
            throw JSONError(.unexpectedByte, at: at)
        }
        at += 1
    }

    private mutating func open(
        _ kind: JSONNode.Kind, at offset: Int, _ nesting: inout Nesting
    ) throws(JSONError) {
        guard nesting.depth < Self.depthLimit else { throw JSONError(.tooDeep, at: offset) }
        nesting.containers[nesting.depth] = UInt32(nodes.count)
        nesting.keyCounts[nesting.depth] = 0
        nesting.depth += 1
        append(kind, from: offset, to: offset)
    }

    private mutating func close(at end: Int, _ nesting: inout Nesting) {
        let index = nesting.top
        nodes[index].count = UInt32(end) - nodes[index].start
        nodes[index].next = UInt32(nodes.count)
        nesting.depth -= 1
    }

    mutating func append(
        _ kind: JSONNode.Kind, from start: Int, to end: Int, hasEscapes: Bool = false
    ) {
        // Offsets are below `textLimit`, and there are no more nodes than bytes.
        nodes.append(
            JSONNode(
                start: UInt32(truncatingIfNeeded: start),
                count: UInt32(truncatingIfNeeded: end &- start),
                next: UInt32(truncatingIfNeeded: nodes.count &+ 1), kind: kind,
                hasEscapes: hasEscapes))
    }

    @inline(__always)
    func byte(_ bytes: RawSpan, at offset: Int) throws(JSONError) -> UInt8 {
        guard offset < bytes.byteCount else { throw JSONError(.unexpectedEnd, at: offset) }
        return bytes[offset]
    }

    /// The white space of RFC 8259, 2: space, tab, line feed, carriage return.
    @inline(__always)
    private func skipSpace(_ bytes: RawSpan, from start: Int) -> Int {
        var at = start
        while at < bytes.byteCount {
            let byte = bytes[at]
            guard byte <= 0x20, (1 << UInt64(byte)) & 0x1_0000_2600 as UInt64 != 0 else { break }
            at &+= 1
        }
        return at
    }
}
