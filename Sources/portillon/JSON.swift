/// A JSON value, of a configuration file or of an answer from the admin listener.
enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    subscript(key: String) -> JSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The value of a number, whole or not.
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    var elements: [JSON] {
        if case .array(let values) = self { values } else { [] }
    }

    var members: [String: JSON] {
        if case .object(let members) = self { members } else { [:] }
    }

    /// The value in a table: no quotes, commas between elements, empty for null.
    var text: String {
        switch self {
        case .null: ""
        case .bool(let value): value ? "yes" : "no"
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .string(let text): text
        case .array(let values): values.map(\.text).joined(separator: ", ")
        case .object(let members):
            members.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.text)" }
                .joined(separator: ", ")
        }
    }
}

extension JSON: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // Each line tries the next type.
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {  // or the next
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {  // or the next
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {  // or the next
            self = .number(value)
        } else if let value = try? container.decode(String.self) {  // or the next
            self = .string(value)
        } else if let value = try? container.decode([JSON].self) {  // or the next
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

/// A JSON string (RFC 8259, section 7). It escapes U+2028 and U+2029 too: some log readers take
/// them for line ends.
func quotedForJSON(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case "\u{0}"..."\u{1F}", "\u{7F}", "\u{2028}", "\u{2029}":
            let hexadecimal = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
