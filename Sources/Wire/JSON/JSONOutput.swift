/// Where a ``JSONTextEncoder`` and its containers write to.
final class JSONOutput {
    var text = JSONOutputText()
    /// Whether a type is a dictionary with names: to ask a value costs more than to remember.
    private var isNamed: [ObjectIdentifier: Bool] = [:]

    /// Writes a value with all that it holds; for one that encodes nothing, an empty object.
    func write<Value: Encodable>(_ value: Value) throws {
        let depth = text.depth
        let start = text.count
        if isNamed(Value.self), let members = value as? any NamedMembers {
            try members.write(to: self)
        } else {
            try value.encode(to: JSONTextEncoder(self, depth: depth))
        }
        if text.count == start { text.beginObject(at: depth) }
        text.close(to: depth)
    }

    private func isNamed(_ type: any Any.Type) -> Bool {
        let identifier = ObjectIdentifier(type)
        if let known = isNamed[identifier] { return known }
        let found = type is any NamedMembers.Type
        isNamed[identifier] = found
        return found
    }
}

/// A dictionary with names, whose order is another in each process.
private protocol NamedMembers {
    func write(to output: JSONOutput) throws
}

extension Dictionary: NamedMembers where Key == String, Value: Encodable {
    fileprivate func write(to output: JSONOutput) throws {
        let depth = output.text.depth
        output.text.beginObject(at: depth)
        for (name, value) in sorted(by: { $0.key < $1.key }) {
            output.text.beginMember(name, at: depth + 1)
            try output.write(value)
        }
    }
}
