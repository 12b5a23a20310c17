extension Shape {
    /// The shape as JSON Schema 2020-12, of dictionaries, arrays, texts and numbers.
    var schema: [String: Any] {
        switch self {
        case .any: [:]
        case .boolean: ["type": "boolean"]
        case .integer(let range):
            ["type": "integer", "minimum": range.lowerBound, "maximum": range.upperBound]
        case .number: ["type": "number"]
        case .text(let length):
            ["type": "string", "minLength": length.lowerBound, "maxLength": length.upperBound]
        case .identifier: ["type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,63}$"]
        case .time: ["type": "string", "format": "date-time"]
        case .choice(let words): ["type": "string", "enum": words]
        case .array(let element, let maximum):
            ["type": "array", "items": element.schema]
                .merging(maximum.map { ["maxItems": $0] } ?? [:]) { first, _ in first }
        case .map(let value): ["type": "object", "additionalProperties": value.schema]
        case .object(let members): Self.object(members)
        case .nullable(let shape): ["anyOf": [shape.schema, ["type": "null"]]]
        case .either(let one, let other): ["anyOf": [one.schema, other.schema]]
        case .named(let name): ["$ref": "#/components/schemas/\(name)"]
        }
    }

    private static func object(_ members: [Member]) -> [String: Any] {
        var properties: [String: Any] = [:]
        for member in members {
            var schema = member.shape.schema
            // Siblings of a reference are allowed since JSON Schema 2019-09.
            if let note = member.note { schema["description"] = note }
            properties[member.name] = schema
        }
        var schema: [String: Any] = [
            "type": "object", "properties": properties, "additionalProperties": false,
        ]
        let required = members.filter(\.isRequired).map(\.name)
        if !required.isEmpty { schema["required"] = required }
        return schema
    }
}
