/// Writes a value as JSON text in one pass: members in the order in which the value encodes them,
/// of a dictionary in the order of their names.
///
/// Foundation's encoder builds a tree of dictionaries, sorts it, and writes that: of the second's
/// status of 200 operations it took four fifths. What Foundation treats apart (`Date`, `Data`,
/// `URL`) is written as it encodes itself. A number that JSON does not have becomes `null`.
///
/// A member that a value encodes twice stands there twice, and an encoder of a value within (such
/// as `superEncoder()` gives) must be used before anything else is encoded: its place is open.
package struct JSONTextEncoder: Encoder {
    private let output: JSONOutput
    /// How many objects and arrays are open around what is encoded.
    private let depth: Int

    init(_ output: JSONOutput, depth: Int) {
        self.output = output
        self.depth = depth
    }

    /// - Throws: what the value throws as it encodes itself.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let output = JSONOutput()
        try output.write(value)
        return output.text.bytes
    }

    package var codingPath: [any CodingKey] { [] }
    package var userInfo: [CodingUserInfoKey: Any] { [:] }

    package func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        output.text.beginObject(at: depth)
        return KeyedEncodingContainer(JSONMembers(output, depth: depth + 1))
    }

    package func unkeyedContainer() -> any UnkeyedEncodingContainer {
        output.text.beginArray(at: depth)
        return JSONElements(output, depth: depth + 1)
    }

    package func singleValueContainer() -> any SingleValueEncodingContainer {
        JSONScalar(output)
    }
}
