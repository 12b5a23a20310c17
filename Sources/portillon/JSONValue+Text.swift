import CommandIO
import Wire

extension JSONValue {
    /// As a table shows it: no quotes, lists with commas, nothing for null.
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

    /// Those of these members that there are, as rows of a listing.
    func rows(_ names: [String]) -> [(String, String)] {
        names.compactMap { name in
            self[name].map { (name.replacing("_", with: " "), $0.text) }
        }
    }
}

/// A JSON string (RFC 8259, section 7), with all that steers a terminal escaped too, and with it
/// U+2028 and U+2029, which some readers of logs take for the end of a line.
func quotedForJSON(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case let scalar where TerminalText.steers(scalar): result += TerminalText.escape(scalar)
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
