internal import Foundation

/// A JSON value as an admin request's body has it.
enum JSONValue: Decodable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {  // not this kind: try the next
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {  // not this kind: try the next
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {  // not this kind: try the next
            self = .number(value)
        } else if let value = try? container.decode(String.self) {  // not this kind: try the next
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {  // not this kind: the last
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }
}
