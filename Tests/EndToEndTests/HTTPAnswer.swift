import Foundation

/// An answer as it came over the wire.
struct HTTPAnswer: CustomStringConvertible {
    var status: Int
    /// Names in lower case, in the order they came.
    var fields: [(name: String, value: String)] = []
    var body: [UInt8] = []

    /// - Parameter head: status line and fields, with the empty line that ends them.
    init(head: [UInt8]) throws(HTTPConnection.Failure) {
        let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
        let first = lines[0].split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard first.count == 3, first[0] == "HTTP/1.1", first[1].count == 3,
            let status = Int(first[1])
        else { throw .malformed("status line \(lines[0])") }
        self.status = status
        for line in lines.dropFirst() where !line.isEmpty {
            guard let colon = line.firstIndex(of: ":") else { throw .malformed("field \(line)") }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            fields.append((line[..<colon].lowercased(), value))
        }
    }

    /// The value of a field; several of one name joined as a list (RFC 9110, section 5.3).
    subscript(name: String) -> String? {
        let values = fields.filter { $0.name == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON; null if it is none, so that what a test asks of it fails.
    var json: JSON {
        // Not JSON is as wrong as the wrong JSON: the test's expectation says what was there.
        (try? JSONDecoder().decode(JSON.self, from: Data(body))) ?? .null
    }

    var description: String { "\(status) \(fields.map { "\($0): \($1)" }) \(text)" }
}

/// A JSON value.
enum JSON: Equatable, Decodable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        // Each attempt that fails only means that the value is of another kind.
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {  // or another kind
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {  // or another kind
            self = .number(number)
        } else if let string = try? value.decode(String.self) {  // or another kind
            self = .string(string)
        } else if let array = try? value.decode([JSON].self) {  // or another kind
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }

    /// A member of an object; nil if it has none of that name, or is no object.
    subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    /// An element of an array; nil if there is none at this place, or it is no array.
    subscript(index: Int) -> JSON? {
        elements.indices.contains(index) ? elements[index] : nil
    }

    var bool: Bool? {
        guard case .bool(let bool) = self else { return nil }
        return bool
    }

    var double: Double? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The number, if it is a whole one.
    var integer: Int? {
        guard case .number(let number) = self else { return nil }
        return Int(exactly: number)
    }

    var elements: [JSON] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// A text as a JSON string literal.
    static func literal(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": escaped += "\\\(scalar)"
            case _ where scalar.value < 0x20: escaped += String(format: "\\u%04x", scalar.value)
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return "\"\(escaped)\""
    }
}
