/// The commands of a piece of shell, as far as documents use it: pipes, lists, substitutions,
/// quotes, comments, redirections, assignments.
struct ShellCommands {
    /// Each command's words: the program, then what it is given.
    private(set) var all: [[String]] = []

    init(_ text: String) {
        var parser = Parser(Array(text.replacing("\\\n", with: " ")))
        parser.parse(until: nil)
        all = parser.commands.compactMap(Self.program)
    }

    /// The command behind assignments and words that start another one.
    private static func program(_ words: [String]) -> [String]? {
        var rest = words[...]
        while let first = rest.first {
            let isAssignment =
                first.contains("=") && first.first?.isLetter == true && !first.hasPrefix("-")
            guard isAssignment || ["export", "sudo", "env", "exec"].contains(first) else { break }
            rest.removeFirst()
        }
        return rest.isEmpty ? nil : Array(rest)
    }

    private struct Parser {
        private let text: [Character]
        private var index = 0
        private var words: [String] = []
        private var word: String?
        /// The next word is a file that is redirected to or from.
        private var isTarget = false
        private(set) var commands: [[String]] = []

        init(_ text: [Character]) {
            self.text = text
        }

        mutating func parse(until end: Character?) {
            while index < text.count {
                let character = text[index]
                index += 1
                switch character {
                case end: return endCommand()
                case " ", "\t": endWord()
                // Another descriptor as a target: `2>&1`.
                case "&" where isTarget && word == nil: word = "&"
                case "\n", ";", "|", "&", "(", ")": endCommand()
                case "#" where word == nil: skipComment()
                case ">", "<":
                    // A descriptor's number before it is no word.
                    if let number = word, number.allSatisfy(\.isNumber) { word = nil }
                    endWord()
                    isTarget = true
                case "'": quoted(by: "'", expanding: false)
                case "\"": quoted(by: "\"", expanding: true)
                case "$" where index < text.count && text[index] == "(": substitute()
                default: word = (word ?? "") + String(character)
                }
            }
            endCommand()
        }

        private mutating func quoted(by quote: Character, expanding: Bool) {
            word = word ?? ""
            while index < text.count, text[index] != quote {
                if expanding, text[index] == "$", index + 1 < text.count, text[index + 1] == "(" {
                    index += 1
                    substitute()
                } else {
                    word?.append(text[index])
                    index += 1
                }
            }
            index += 1
        }

        /// `$(…)`: its commands are commands, and a value stands in its place.
        private mutating func substitute() {
            let outer = (words, word ?? "", isTarget)
            (words, word, isTarget) = ([], nil, false)
            index += 1
            parse(until: ")")
            (words, word, isTarget) = (outer.0, outer.1 + "value", outer.2)
        }

        private mutating func skipComment() {
            while index < text.count, text[index] != "\n" { index += 1 }
        }

        private mutating func endWord() {
            if let word, !isTarget { words.append(word) }
            if word != nil { isTarget = false }
            word = nil
        }

        private mutating func endCommand() {
            endWord()
            isTarget = false
            if !words.isEmpty { commands.append(words) }
            words = []
        }
    }
}
