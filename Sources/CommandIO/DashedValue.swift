internal import ArgumentParser

/// A value of a call that begins with a dash: it may be what was meant, or an option that stands
/// where a value was forgotten.
enum DashedValue {
    /// What to tell the person whose call gives an option the name of another one as its value:
    /// `--title --json`. A value may begin with a dash (`-50 % sur tout`), so the parser takes it.
    /// - Returns: nil where no value is the name of an option of this command.
    static func forgottenValue<Root: ParsableCommand>(
        in arguments: [String], of command: any ParsableCommand.Type, _ root: Root.Type
    ) -> String? {
        let given = Array(arguments.prefix { $0 != "--" })
        // The command's help takes its time: most calls have no two words with dashes in a row.
        guard zip(given, given.dropFirst()).contains(where: { isOption($0) && isOption($1) })
        else { return nil }
        let options = Options(
            help: root.helpMessage(for: command, includeHidden: true, columns: helpColumns))
        var index = given.startIndex
        while index + 1 < given.endIndex {
            let (option, value) = (given[index], given[index + 1])
            guard options.withValue.contains(option) else {
                index += 1
                continue
            }
            if options.all.contains(value) {
                return "Error: \(option) needs a value; write \(option)=\(value) if that is "
                    + "meant\n"
            }
            index += 2
        }
        return nil
    }

    /// A hint for a call with a word that the parser takes for an option it does not know, and that
    /// no option can be called: `-50 % demain`.
    static func hint(in arguments: [String]) -> String? {
        let given = arguments.prefix { $0 != "--" }
        guard let word = given.first(where: { $0.hasPrefix("-") && $0 != "-" && !isOption($0) })
        else { return nil }
        let quoted = word.replacing("'", with: #"'\''"#)
        return "A value that begins with a dash goes to the end of the call, behind '--': "
            + "-- '\(quoted)'\n"
    }

    /// Whether a word could be an option's name, with or without a value behind `=`.
    private static func isOption(_ word: String) -> Bool {
        // By hand: each call of each command comes by here, and a pattern takes its time.
        let name = word.drop { $0 == "-" }
        let dashes = word.utf8.count - name.utf8.count
        guard dashes == 1 || dashes == 2, name.first?.isLetter == true else { return false }
        return name.prefix { $0 != "=" }.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-")
        }
    }

    /// Wide enough that no option's name is cut.
    private static var helpColumns: Int { 200 }

    /// The options of a command, as its help lists them: the parser has no other list.
    private struct Options {
        var all: Set<String> = []
        /// Those that take a value.
        var withValue: Set<String> = []

        init(help: String) {
            let lines = help.split(separator: "\n").drop { $0 != "OPTIONS:" }
            for line in lines {
                let option = /[ ]{2}(-[^ ,<]*(?:, -[^ ,<]+)*)( <)?/
                guard let found = line.prefixMatch(of: option) else { continue }
                let names = found.1.split { ", /".contains($0) }.map(String.init)
                // Each command has these, and a text may be one of them.
                guard !names.contains("--help"), !names.contains("--version") else { continue }
                all.formUnion(names)
                if found.2 != nil { withValue.formUnion(names) }
            }
        }
    }
}
