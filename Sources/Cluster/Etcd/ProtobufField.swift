internal import Bytes

/// One field: its number, and what it holds.
struct ProtobufField {
    let number: UInt64
    let value: Value

    enum Value {
        case varint(UInt64)
        /// Where the bytes are. `isText`: of wire type 2, which texts, bytes and messages have;
        /// else of a fixed length.
        case bytes(Range<Int>, isText: Bool)
    }

    func number64() throws(ProtobufError) -> UInt64 {
        guard case .varint(let value) = value else { throw .wireType }
        return value
    }

    /// A revision, a size, a count: none is negative.
    func count() throws(ProtobufError) -> Int64 {
        guard let count = Int64(exactly: try number64()) else { throw .range }
        return count
    }

    func flag() throws(ProtobufError) -> Bool { try number64() != 0 }

    func range() throws(ProtobufError) -> Range<Int> {
        guard case .bytes(let range, isText: true) = value else { throw .wireType }
        return range
    }

    /// - Parameter maximumBytes: a longer text is an error.
    func text(in bytes: RawSpan, maximumBytes: Int) throws(ProtobufError) -> String {
        let range = try range()
        guard range.count <= maximumBytes else { throw .tooMany }
        return bytes.extracting(range).text
    }
}
