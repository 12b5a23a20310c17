/// A value that is no object and no array, or stands for another value.
struct JSONScalar: SingleValueEncodingContainer {
    private let output: JSONOutput

    init(_ output: JSONOutput) {
        self.output = output
    }

    var codingPath: [any CodingKey] { [] }

    func encode<Value: Encodable>(_ value: Value) throws { try output.write(value) }

    func encodeNil() { output.text.writeNull() }

    func encode(_ value: Bool) { output.text.write(value) }

    func encode(_ value: String) { output.text.write(value) }

    func encode(_ value: Double) { output.text.write(value) }

    func encode(_ value: Float) { output.text.write(value) }

    /// Of 64 bits at most.
    func encode<Value: FixedWidthInteger & Encodable>(_ value: Value) {
        output.text.write(integer: value)
    }
}
