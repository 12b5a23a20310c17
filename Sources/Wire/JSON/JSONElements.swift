/// The elements of an array, as they are encoded.
struct JSONElements: UnkeyedEncodingContainer {
    private let output: JSONOutput
    /// How many objects and arrays are open inside of it, itself included.
    private let depth: Int
    /// Elements so far.
    private(set) var count = 0

    init(_ output: JSONOutput, depth: Int) {
        self.output = output
        self.depth = depth
    }

    var codingPath: [any CodingKey] { [] }

    private mutating func begin() {
        count += 1
        output.text.beginElement(at: depth)
    }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        begin()
        try output.write(value)
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        begin()
        return JSONTextEncoder(output, depth: depth).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        begin()
        return JSONTextEncoder(output, depth: depth).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder {
        begin()
        return JSONTextEncoder(output, depth: depth)
    }

    // MARK: Scalars

    mutating func encodeNil() {
        begin()
        output.text.writeNull()
    }

    mutating func encode(_ value: Bool) {
        begin()
        output.text.write(value)
    }

    mutating func encode(_ value: String) {
        begin()
        output.text.write(value)
    }

    mutating func encode(_ value: Double) {
        begin()
        output.text.write(value)
    }

    mutating func encode(_ value: Float) {
        begin()
        output.text.write(value)
    }

    /// Of 64 bits at most.
    mutating func encode<Value: FixedWidthInteger & Encodable>(_ value: Value) {
        begin()
        output.text.write(integer: value)
    }
}
