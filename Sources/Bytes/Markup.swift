/// Text in HTML, whatever somebody wrote: safe between tags, and within quoted attributes.
package enum Markup {
    private static let escapes: [(scalar: Unicode.Scalar, escape: String)] = [
        ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;"),
    ]

    /// The text with what means something in HTML escaped. By scalars: a mark that combines with
    /// what stands before it must hide nothing.
    package static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if let known = escapes.first(where: { $0.scalar == scalar }) {
                result += known.escape
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The same on one line: a space for each control character, which HTML has no place for.
    package static func escapedLine(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control
            line.unicodeScalars.append(isControl ? " " : scalar)
        }
        return escaped(line)
    }

    /// What ``escaped(_:)`` was given. Other references stay as they are.
    package static func unescaped(_ text: Substring) -> String {
        var result = ""
        var rest = text.unicodeScalars[...]
        while let scalar = rest.first {
            let known =
                scalar == "&" ? escapes.first { rest.starts(with: $0.escape.unicodeScalars) } : nil
            result.unicodeScalars.append(known?.scalar ?? scalar)
            rest = rest.dropFirst(known?.escape.unicodeScalars.count ?? 1)
        }
        return result
    }
}
