package import Bytes

/// What nodes stand for. All take the text that was parsed, unchanged.
extension JSONDocument {
    /// Whether a node is a string, escapes decoded, of exactly this text.
    package func string(_ node: JSONNode, equals text: StaticString, in bytes: RawSpan) -> Bool {
        guard node.kind == .string else { return false }
        let length = text.utf8CodeUnitCount
        if !node.hasEscapes {
            return Int(node.count) == length && bytes.extracting(node.range.range).equals(text)
        }
        var reader = JSONString.Reader(node)
        for index in 0..<length {
            // Safe: `index` is within the text.
            guard unsafe reader.next(bytes) == text.utf8Start[index] else { return false }
        }
        return reader.next(bytes) == nil
    }

    /// Length in bytes of a string with its escapes decoded, in UTF-8; 0 for other nodes.
    package func decodedByteCount(_ node: JSONNode, from bytes: RawSpan) -> Int {
        node.kind == .string ? JSONString.decodedCount(node, in: bytes) : 0
    }

    /// Appends a string with its escapes decoded, in UTF-8; nothing for other nodes.
    package func appendDecoded(
        _ node: JSONNode, from bytes: RawSpan, to buffer: inout ByteBuffer
    ) {
        guard node.kind == .string else { return }
        guard node.hasEscapes else {
            return buffer.append(bytes.extracting(node.range.range))
        }
        buffer.reserve(Int(node.count))
        var reader = JSONString.Reader(node)
        while let byte = reader.next(bytes) { buffer.append(byte) }
    }

    /// A string as such; nil for other nodes. A copy, not for the entry path.
    package func text(_ node: JSONNode, from bytes: RawSpan) -> String? {
        guard node.kind == .string else { return nil }
        var buffer = ByteBuffer(capacity: Int(node.count))
        appendDecoded(node, from: bytes, to: &buffer)
        return buffer.text
    }

    /// A number written as an integer, without fraction or exponent, if it fits; else nil.
    package func integer(_ node: JSONNode, from bytes: RawSpan) -> Int? {
        guard node.kind == .number else { return nil }
        var at = Int(node.start)
        let end = at + Int(node.count)
        let isNegative = bytes[at] == 0x2D
        if isNegative { at += 1 }
        var value = 0
        while at < end {
            let byte = bytes[at]
            guard Byte.isDigit(byte) else { return nil }
            let digit = Int(byte - Byte.zero)
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(isNegative ? -digit : digit)
            if overflow || carry { return nil }
            value = sum
            at += 1
        }
        return value
    }

    /// A number as the nearest `Double`, if it is finite; else nil. Not for the entry path.
    package func double(_ node: JSONNode, from bytes: RawSpan) -> Double? {
        guard node.kind == .number else { return nil }
        let value = Double(bytes.extracting(node.range.range).text)
        return value.flatMap { $0.isFinite ? $0 : nil }
    }

    /// The JSON pointer (RFC 6901) of a value.
    /// - Parameters:
    ///   - target: index of the value's node; not of a key's.
    ///   - bytes: the text that was parsed.
    package func pointer(to target: Int, in bytes: RawSpan) -> String {
        var pointer = ""
        var index = 0
        while index < target {
            let isObject = node(index).kind == .object
            var child = index + 1
            var position = 0
            while true {
                let value = isObject ? child + 1 : child
                let next = Int(node(value).next)
                if target < next {
                    let name = isObject ? text(node(child), from: bytes) ?? "" : "\(position)"
                    pointer += "/" + JSONPointer.token(name)
                    index = value
                    break
                }
                child = next
                position += 1
            }
        }
        return pointer
    }
}
