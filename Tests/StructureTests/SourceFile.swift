import Glibc

/// A Swift file, its lines, and the same lines with comments and the text of literals blanked out,
/// so that a rule looks at code only.
struct SourceFile: Sendable {
    /// Relative to the repository's root.
    let path: String
    private let text: String
    let lines: [Substring]
    /// The code of each line; what was a comment or inside a literal is gone.
    let code: [String]
    /// Whether a comment stands on the line, or begins or goes on there.
    let hasComment: [Bool]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var scanner = SourceScanner(text)
        scanner.scan()
        code = scanner.code
        hasComment = scanner.hasComment
    }

    /// The modules that the file imports, each with the number of its line.
    var imports: [(module: String, line: Int)] {
        code.enumerated().compactMap { index, line in
            guard line.holds("import") else { return nil }
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
    /// - Parameter word: stands in every match. Lines and files without it are passed over at once:
    ///   a regular expression takes as long for a line as this for a file.
    func lines(with pattern: Regex<Substring>, of word: String) -> [Int] {
        guard text.holds(word) else { return [] }
        return code.enumerated().flatMap { index, line in
            guard line.holds(word) else { return [Int]() }
            return Array(repeating: index + 1, count: line.matches(of: pattern).count)
        }
    }
}

extension StringProtocol {
    /// Whether it has these bytes in it, byte for byte.
    func holds(_ word: String) -> Bool {
        // Unsafe: the pointers are used with their own counts, while they are valid.
        let isThere = utf8.withContiguousStorageIfAvailable { bytes in
            unsafe word.utf8.withContiguousStorageIfAvailable { unsafe bytes.hold($0) }
        }
        return (isThere ?? nil) ?? contains(word)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// By the C library, which is as quick in a debug build.
    fileprivate func hold(_ word: Self) -> Bool {
        guard let start = baseAddress, let wanted = word.baseAddress else {
            return word.isEmpty
        }
        var offset = 0
        while offset + word.count <= count {
            let length = count - word.count - offset + 1
            let place = unsafe memchr(start + offset, Int32(wanted[0]), length)
            guard let place = unsafe place else { return false }
            if unsafe memcmp(place, wanted, word.count) == 0 { return true }
            offset = unsafe UnsafeRawPointer(place) - UnsafeRawPointer(start) + 1
        }
        return false
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

    private static let lineFeed = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")
    private static let hash = UInt8(ascii: "#")
    private static let open = UInt8(ascii: "(")
    private static let close = UInt8(ascii: ")")
    private static let star = UInt8(ascii: "*")
    private static let slash = UInt8(ascii: "/")
    private static let backslash = UInt8(ascii: "\\")

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
            switch bytes[position] {
            case Self.slash where next == Self.slash: skipLineComment()
            case Self.slash where next == Self.star: skipBlockComment()
            case Self.quote, Self.hash:
                if let hashes = stringStart() { scanString(hashes: hashes) } else { take() }
            case Self.open where untilParenthesis:
                depth += 1
                take()
            case Self.close where untilParenthesis:
                if depth == 0 { return }
                depth -= 1
                take()
            default: take()
            }
        }
    }

    /// The byte behind the one at hand; 0 at the end.
    private var next: UInt8 { position + 1 < bytes.count ? bytes[position + 1] : 0 }

    private mutating func skipLineComment() {
        comment = true
        while position < bytes.count && bytes[position] != Self.lineFeed { position += 1 }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            comment = true
            if bytes[position] == Self.slash, next == Self.star {
                depth += 1
                position += 2
            } else if bytes[position] == Self.star, next == Self.slash {
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
        while ahead < bytes.count && bytes[ahead] == Self.hash { ahead += 1 }
        guard ahead < bytes.count && bytes[ahead] == Self.quote else { return nil }
        return ahead - position
    }

    private mutating func scanString(hashes: Int) {
        let marks = String(repeating: "#", count: hashes)
        position += hashes
        let isMultiLine = starts(with: "\"\"\"")
        let end = (isMultiLine ? "\"\"\"" : "\"") + marks
        position += isMultiLine ? 3 : 1
        line.append(Self.quote)
        while position < bytes.count {
            // Neither begins an end nor an escape.
            if bytes[position] != Self.quote, bytes[position] != Self.backslash,
                bytes[position] != Self.lineFeed
            {
                position += 1
                continue
            }
            if starts(with: end) {
                position += end.utf8.count
                break
            }
            if !isMultiLine && bytes[position] == Self.lineFeed { break }
            if starts(with: "\\" + marks + "(") {
                position += hashes + 2
                line.append(Self.open)
                scanCode(untilParenthesis: true)
            } else if starts(with: "\\" + marks) {
                position += hashes + 1
                skip()
            } else {
                skip()
            }
        }
        line.append(Self.quote)
    }

    private func starts(with text: String) -> Bool {
        bytes[position...].starts(with: text.utf8)
    }

    /// Passes a byte that is not code; lines stay lines.
    private mutating func skip() {
        guard position < bytes.count else { return }
        if bytes[position] == Self.lineFeed { endLine() }
        position += 1
    }

    /// Keeps a byte of code.
    private mutating func take() {
        if bytes[position] == Self.lineFeed {
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
