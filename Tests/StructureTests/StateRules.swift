/// How many files can change a type's stored state.
///
/// A variable that is not private can be changed by every extension in the module. Where more than
/// four files extend its type, no reader sees any more what changes it: the type is several types.
enum StateRules {
    static let maximumFiles = 4

    /// - Parameter files: of one module.
    /// - Returns: a line for each type whose variables more files share.
    static func violations(in files: [SourceFile]) -> [String] {
        var owners: Set<String> = []
        var places: [String: Set<String>] = [:]
        for file in files {
            for scope in scopes(of: file) {
                places[scope.name, default: []].insert(file.path)
                if scope.hasOpenVariable { owners.insert(scope.name) }
            }
        }
        return owners.sorted().compactMap { name in
            let count = places[name]?.count ?? 0
            return count > maximumFiles ? "\(name): its variables are open to \(count) files" : nil
        }
    }

    /// A type or an extension, at the top level of a file or in another one.
    private struct Scope {
        /// With the names of the types around it: `Catalogue.Operation`.
        let name: String
        /// Whether a stored variable in it can be changed from other files.
        var hasOpenVariable = false
    }

    private static let kinds: Set<Substring> = ["struct", "class", "actor", "enum", "extension"]
    /// What stands in each line that is looked at word by word.
    private static let marks = kinds.map(String.init) + ["var"]

    private static func scopes(of file: SourceFile) -> [Scope] {
        var found: [Scope] = []
        // For each open brace, the index of the scope that it began; `nil` where it began none.
        var open: [Int?] = []
        // A scope whose brace comes on a later line.
        var begun: Int?
        for code in file.code {
            // Other lines begin nothing, and declare nothing.
            let words =
                marks.contains { code.holds($0) }
                ? code.split { !($0.isLetter || $0.isNumber || "_.".contains($0)) } : []
            if open.allSatisfy({ $0 != nil }) {
                let outer = open.last ?? nil
                if let name = declaredType(in: words) {
                    begun = found.count
                    found.append(
                        Scope(name: outer.map { "\(found[$0].name).\(name)" } ?? String(name)))
                } else if let outer, isOpenVariable(words, code) {
                    found[outer].hasOpenVariable = true
                }
            }
            for byte in code.utf8 {
                if byte == UInt8(ascii: "{") {
                    open.append(begun)
                    begun = nil
                }
                if byte == UInt8(ascii: "}") { _ = open.popLast() }
            }
        }
        return found
    }

    private static func declaredType(in words: [Substring]) -> Substring? {
        guard let position = words.firstIndex(where: { kinds.contains($0) }),
            position + 1 < words.count
        else { return nil }
        let name = words[position + 1]
        // `class func` and `class var` declare members.
        return name == "func" || name == "var" ? nil : name
    }

    /// A stored variable of an instance that is not private, nor settable in its file alone.
    private static func isOpenVariable(_ words: [Substring], _ code: String) -> Bool {
        guard words.contains("var"), !words.contains("static"), !words.contains("private"),
            !words.contains("fileprivate")
        else { return false }
        // A computed one has its body behind it, on the same line or from it on.
        return code.contains("=") || !code.contains("{")
    }
}
