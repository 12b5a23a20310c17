/// JSON pointers (RFC 6901).
package enum JSONPointer {
    /// A name as one of a pointer's tokens: `~` and `/` escaped.
    package static func token(_ name: String) -> String {
        var token = ""
        for character in name.unicodeScalars {
            switch character {
            case "~": token += "~0"
            case "/": token += "~1"
            default: token.unicodeScalars.append(character)
            }
        }
        return token
    }
}
