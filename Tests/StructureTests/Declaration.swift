/// A type, function or property that a file declares at its top level or in a type, as far as a
/// line of text tells.
struct Declaration {
    let kind: Substring
    let name: Substring
    /// The first is 1.
    let line: Int
    let isPrivate: Bool
    let isTopLevel: Bool

    private static let types: Set<Substring> = ["struct", "enum", "class", "protocol", "actor"]
    private static let kinds = types.union(["extension", "typealias", "func", "var", "let"])
    /// The same, as what a line is looked through for before it is taken apart.
    private static let kindNames = kinds.map(String.init)

    var isType: Bool { Self.types.contains(kind) }

    /// Those of a file, in order. What is declared in the body of a function is left out.
    static func all(in file: SourceFile) -> [Declaration] {
        var found: [Declaration] = []
        // For each brace that is open, whether it is a type's or an extension's.
        var scopes: [Bool] = []
        for (index, code) in file.code.enumerated() {
            let words =
                kindNames.contains(where: { code.holds($0) })
                ? code.split { !($0.isLetter || $0.isNumber || "_@".contains($0)) } : []
            let position = words.firstIndex { kinds.contains($0) }
            if let position, position + 1 < words.count, scopes.allSatisfy({ $0 }) {
                let modifiers = words[..<position]
                found.append(
                    Declaration(
                        kind: words[position], name: words[position + 1], line: index + 1,
                        isPrivate: isPrivate(modifiers, code), isTopLevel: scopes.isEmpty))
            }
            let opensType =
                position.map { types.contains(words[$0]) || words[$0] == "extension" } ?? false
            for byte in code.utf8 {
                if byte == UInt8(ascii: "{") { scopes.append(opensType) }
                if byte == UInt8(ascii: "}"), !scopes.isEmpty { scopes.removeLast() }
            }
        }
        return found
    }

    /// `private(set)` restricts the setter only.
    private static func isPrivate(_ modifiers: ArraySlice<Substring>, _ code: String) -> Bool {
        modifiers.contains { $0 == "private" || $0 == "fileprivate" }
            && !code.contains("private(set)")
    }
}
