/// The rules of style that a test can hold, as functions from a file to what is wrong with it.
enum StyleRules {
    static let longestFile = 400
    static let longestLine = 100

    static func lengths(in file: SourceFile) -> [String] {
        var found: [String] = []
        // The last line feed ends a line, it does not begin one.
        let count = file.lines.last == "" ? file.lines.count - 1 : file.lines.count
        if count > longestFile {
            found.append("\(file.path): \(count) lines, more than \(longestFile): one idea a file")
        }
        // A line has no more columns than bytes, and those are quick to count.
        for (index, line) in file.lines.enumerated()
        where line.utf8.count > longestLine && line.count > longestLine {
            found.append("\(file.path):\(index + 1): \(line.count) columns, over \(longestLine)")
        }
        return found
    }

    /// `try!` and `as!` trap on what the world gave.
    static func forcedErrors(in file: SourceFile) -> [String] {
        (file.lines(with: /\btry!/, of: "try!").map { ($0, "try!") }
            + file.lines(with: /\bas!/, of: "as!").map { ($0, "as!") })
            .map { line, what in "\(file.path):\(line): \(what) traps: handle what can fail" }
    }

    /// A programmer's mistake is a `precondition` with a message; nothing else ends the process.
    static func fatalErrors(in file: SourceFile) -> [String] {
        file.lines(with: /\bfatalError\b/, of: "fatalError").map { line in
            "\(file.path):\(line): fatalError: use precondition, or an error"
        }
    }

    /// `try?` swallows an error, so a comment on its line or the one before says why it may.
    static func swallowedErrors(in file: SourceFile) -> [String] {
        file.lines(with: /\btry\?/, of: "try?").compactMap { line in
            let isExplained =
                file.hasComment[line - 1] || (line >= 2 && file.hasComment[line - 2])
            return isExplained ? nil : "\(file.path):\(line): try? without a reason beside it"
        }
    }

    /// An option takes whatever stands behind it, also what begins with a dash (`--title '-50 %'`).
    /// One whose value may be left out takes it only where none follows that begins so.
    /// And what is printed goes through the program's own output, which knows of full pipes.
    static func commandLines(in file: SourceFile) -> [String] {
        var found: [String] = []
        for line in file.lines(with: /@Option\(/, of: "@Option(") {
            // The rule's argument stands on the same line, or on the next one.
            let text = file.lines[(line - 1)..<min(line + 2, file.lines.count)].joined()
            let isUnconditional = text.contains("parsing: .unconditional")
            if !isUnconditional, !text.contains("defaultAsFlag:") {
                found.append("\(file.path):\(line): @Option without parsing: .unconditional")
            }
        }
        let isPrinted =
            file.lines(with: /(?:^|\s)print\(/, of: "print(")
            + file.lines(
                with: /FileHandle\.standard(?:Output|Error)/, of: "FileHandle.standard")
        return found
            + isPrinted.map { "\(file.path):\($0): write through Output or RunnerOutput" }
    }

    /// HTML is escaped in one place: an escaper that forgets a character is a hole.
    static func escapers(in file: SourceFile) -> [String] {
        guard file.path != "Sources/Bytes/Markup.swift" else { return [] }
        return file.lines.indices.filter { file.lines[$0].holds("&amp;") }
            .map { "\(file.path):\($0 + 1): escape HTML by Markup" }
    }

    /// How often a file steps out of what the compiler proves.
    static func unsafeCount(in file: SourceFile) -> Int {
        file.lines(with: /\bunsafe\b/, of: "unsafe").count
            + file.lines(with: /@unchecked\b/, of: "@unchecked").count
    }
}
