/// What is wrong with a ruleset's file, and where.
package struct RulesetError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The value that cannot be used (RFC 6901); empty for the whole file, or where it is not JSON.
    package let pointer: String
    /// One sentence: what is demanded.
    package let detail: String

    init(_ pointer: String, _ detail: String) {
        self.pointer = pointer
        self.detail = detail
    }

    /// `/signatures/3/weight: Must be …`
    package var description: String { pointer.isEmpty ? detail : "\(pointer): \(detail)" }

    /// A name as one of a pointer's tokens: `~` and `/` escaped.
    static func token(_ name: String) -> String {
        var token = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": token += "~0"
            case "/": token += "~1"
            default: token.unicodeScalars.append(scalar)
            }
        }
        return token
    }
}
