/// One thing that is wrong with a request's body: where, and what it takes.
struct FieldError: Sendable {
    /// RFC 6901.
    let pointer: String
    let detail: String

    /// A member's name as a pointer has it: `~` and `/` have a meaning there.
    static func pointerToken(_ name: String) -> String {
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
