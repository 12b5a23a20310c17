/// The members of an object, as they are encoded.
struct JSONMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
    private let output: JSONOutput
    /// How many objects and arrays are open inside of it, itself included.
    private let depth: Int

    init(_ output: JSONOutput, depth: Int) {
        self.output = output
        self.depth = depth
    }

    var codingPath: [any CodingKey] { [] }

    private func begin(_ key: Key) { output.text.beginMember(key.stringValue, at: depth) }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        begin(key)
        try output.write(value)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        begin(key)
        return JSONTextEncoder(output, depth: depth).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        begin(key)
        return JSONTextEncoder(output, depth: depth).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        output.text.beginMember("super", at: depth)
        return JSONTextEncoder(output, depth: depth)
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        begin(key)
        return JSONTextEncoder(output, depth: depth)
    }

    // MARK: Scalars

    func encodeNil(forKey key: Key) {
        begin(key)
        output.text.writeNull()
    }

    func encode(_ value: Bool, forKey key: Key) {
        begin(key)
        output.text.write(value)
    }

    func encode(_ value: String, forKey key: Key) {
        begin(key)
        output.text.write(value)
    }

    func encode(_ value: Double, forKey key: Key) {
        begin(key)
        output.text.write(value)
    }

    func encode(_ value: Float, forKey key: Key) {
        begin(key)
        output.text.write(value)
    }

    /// Of 64 bits at most.
    func encode<Value: FixedWidthInteger & Encodable>(_ value: Value, forKey key: Key) {
        begin(key)
        output.text.write(integer: value)
    }
}
