/// A Swift file, its lines, and the same lines with comments and the text of literals blanked out,
/// so that a rule looks at code only.
struct SourceFile {
    /// Relative to the repository's root.
    let path: String
    let lines: [Substring]
    /// The code of each line; what was a comment or inside a literal is gone.
    let code: [String]
    /// Whether a comment stands on the line, or begins or goes on there.
    let hasComment: [Bool]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var scanner = SourceScanner(text)
        scanner.scan()
        code = scanner.code
        hasComment = scanner.hasComment
    }

    /// The modules that the file imports, each with the number of its line.
    var imports: [(module: String, line: Int)] {
        code.enumerated().compactMap { index, line in
            let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
            guard let position = words.firstIndex(of: "import"), position <= 1 else { return nil }
            guard position == 0 || Self.access.contains(words[0]) else { return nil }
            let rest = words.dropFirst(position + 1)
            guard let name = rest.first(where: { !Self.kinds.contains($0) }) else { return nil }
            return (String(name.prefix { $0 != "." && $0 != ";" }), index + 1)
        }
    }

    private static let access: Set<Substring> = [
        "public", "package", "internal", "private", "fileprivate",
    ]
    /// What an import of one declaration may say before its name.
    private static let kinds: Set<Substring> = [
        "struct", "class", "enum", "func", "protocol", "typealias", "var", "let",
    ]

    /// The numbers of the lines whose code holds this, once for each time it does.
    func lines(with pattern: Regex<Substring>) -> [Int] {
        code.enumerated().flatMap { index, line in
            Array(repeating: index + 1, count: line.matches(of: pattern).count)
        }
    }
}

/// Tells code from comments and literals, byte by byte.
///
/// It knows line and nested block comments, plain, raw and multi-line strings, and interpolations
/// (which are code). A plain string ends with its line at the latest, so that a quote in a regular
/// expression's literal cannot swallow the rest of the file.
private struct SourceScanner {
    private let bytes: [UInt8]
    private var position = 0
    private var line: [UInt8] = []
    private(set) var code: [String] = []
    private(set) var hasComment: [Bool] = []
    private var comment = false

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func scan() {
        scanCode(untilParenthesis: false)
        endLine()
    }

    /// Code up to the end, or up to the parenthesis that closes an interpolation.
    private mutating func scanCode(untilParenthesis: Bool) {
        var depth = 0
        while position < bytes.count {
            if starts(with: "//") {
                skipLineComment()
            } else if starts(with: "/*") {
                skipBlockComment()
            } else if let hashes = stringStart() {
                scanString(hashes: hashes)
            } else {
                let byte = bytes[position]
                if untilParenthesis && byte == UInt8(ascii: "(") { depth += 1 }
                if untilParenthesis && byte == UInt8(ascii: ")") {
                    if depth == 0 { return }
                    depth -= 1
                }
                take()
            }
        }
    }

    private mutating func skipLineComment() {
        comment = true
        while position < bytes.count && bytes[position] != UInt8(ascii: "\n") { position += 1 }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            comment = true
            if starts(with: "/*") {
                depth += 1
                position += 2
            } else if starts(with: "*/") {
                depth -= 1
                position += 2
            } else {
                skip()
            }
        } while depth > 0 && position < bytes.count
    }

    /// The number of hashes before a quote, if a string begins here.
    private func stringStart() -> Int? {
        var ahead = position
        while ahead < bytes.count && bytes[ahead] == UInt8(ascii: "#") { ahead += 1 }
        guard ahead < bytes.count && bytes[ahead] == UInt8(ascii: "\"") else { return nil }
        return ahead - position
    }

    private mutating func scanString(hashes: Int) {
        let marks = String(repeating: "#", count: hashes)
        position += hashes
        let isMultiLine = starts(with: "\"\"\"")
        let end = (isMultiLine ? "\"\"\"" : "\"") + marks
        position += isMultiLine ? 3 : 1
        line.append(UInt8(ascii: "\""))
        while position < bytes.count {
            if starts(with: end) {
                position += end.utf8.count
                break
            }
            if !isMultiLine && bytes[position] == UInt8(ascii: "\n") { break }
            if starts(with: "\\" + marks + "(") {
                position += hashes + 2
                line.append(UInt8(ascii: "("))
                scanCode(untilParenthesis: true)
            } else if starts(with: "\\" + marks) {
                position += hashes + 1
                skip()
            } else {
                skip()
            }
        }
        line.append(UInt8(ascii: "\""))
    }

    private func starts(with text: String) -> Bool {
        bytes[position...].starts(with: text.utf8)
    }

    /// Passes a byte that is not code; lines stay lines.
    private mutating func skip() {
        guard position < bytes.count else { return }
        if bytes[position] == UInt8(ascii: "\n") { endLine() }
        position += 1
    }

    /// Keeps a byte of code.
    private mutating func take() {
        if bytes[position] == UInt8(ascii: "\n") {
            endLine()
        } else {
            line.append(bytes[position])
        }
        position += 1
    }

    private mutating func endLine() {
        code.append(String(decoding: line, as: UTF8.self))
        hasComment.append(comment)
        line = []
        comment = false
    }
}
