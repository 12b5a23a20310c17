import Foundation

/// A JSON value as it stands in a file.
indirect enum JSON: Decodable, Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {  // not a boolean: the next is tried
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {  // not a number: likewise
            self = .number(number)
        } else if let string = try? value.decode(String.self) {  // not a string: likewise
            self = .string(string)
        } else if let array = try? value.decode([JSON].self) {  // not an array: likewise
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }

    /// What `JSONSerialization` takes.
    var foundation: Any {
        switch self {
        case .null: NSNull()
        case .bool(let bool): bool
        case .number(let number): number == number.rounded() ? Int(number) as Any : number
        case .string(let string): string
        case .array(let array): array.map(\.foundation)
        case .object(let object): object.mapValues(\.foundation)
        }
    }
}
