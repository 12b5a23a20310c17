internal import ArgumentParser

/// A word of a call that the argument parser refuses without a hint: a subcommand that does not
/// exist, or an option before its subcommand.
enum MisplacedArgument {
    /// What to tell the person who typed it; nil where the parser's own message is the better one.
    static func explanation<Root: ParsableCommand>(
        in arguments: [String], of root: Root.Type
    ) -> String? {
        var command: any ParsableCommand.Type = root
        var path = [root._commandName]
        var skipped: [String] = []
        for (index, argument) in arguments.enumerated() {
            let subcommands = command.configuration.subcommands
            // From here on they are the command's own options and values.
            if subcommands.isEmpty {
                return skipped.isEmpty
                    ? nil : optionFirst(skipped, path, Array(arguments[index...]), root)
            }
            if let next = subcommands.first(where: { names(of: $0).contains(argument) }) {
                command = next
                path.append(next._commandName)
            } else if argument == "help", skipped.isEmpty {
                continue
            } else if argument.hasPrefix("-") || !skipped.isEmpty {
                skipped.append(argument)
            } else if command.configuration.defaultSubcommand != nil {
                // The word is the default subcommand's: what is wrong with that, the parser tells.
                let rest = Array(arguments[(index + 1)...])
                return isMisspelled(argument, path, rest, subcommands, root)
                    ? unknown(argument, of: path, subcommands) : nil
            } else {
                return unknown(argument, of: path, subcommands)
            }
        }
        guard command.configuration.subcommands.isEmpty, !skipped.isEmpty else { return nil }
        return optionFirst(skipped, path, [], root)
    }

    /// Whether the call asks for help, which the parser gives of the last subcommand that it knows.
    static func asksForHelp(_ arguments: [String]) -> Bool {
        arguments.first == "help" || arguments.contains("--help") || arguments.contains("-h")
    }

    /// Whether the call would be right with the name of the subcommand that a word is near to.
    private static func isMisspelled<Root: ParsableCommand>(
        _ word: String, _ path: [String], _ rest: [String],
        _ subcommands: [any ParsableCommand.Type], _ root: Root.Type
    ) -> Bool {
        let known = subcommands.flatMap { names(of: $0) }
        guard let nearest = Spelling.nearest(to: word, among: known) else { return false }
        // Whatever is wrong with it then, the word is not all of it.
        return (try? root.parseAsRoot(Array(path.dropFirst()) + [nearest] + rest)) != nil
    }

    private static func unknown(
        _ argument: String, of path: [String], _ subcommands: [any ParsableCommand.Type]
    ) -> String {
        let known = subcommands.filter { $0.configuration.shouldDisplay }.flatMap { names(of: $0) }
        let parent = path.joined(separator: " ")
        let hint =
            Spelling.nearest(to: argument, among: known + ["help"]).map { "Did you mean '\($0)'?" }
            ?? "The subcommands of '\(parent)' are: \(known.joined(separator: ", "))."
        return """
            Error: Unknown subcommand '\(argument)'. \(hint)
              See '\(parent) --help' for more information.

            """
    }

    /// Options belong behind the subcommand: said where the call would be right that way.
    private static func optionFirst<Root: ParsableCommand>(
        _ skipped: [String], _ path: [String], _ rest: [String], _ root: Root.Type
    ) -> String? {
        let arguments = path.dropFirst() + rest + skipped
        // Whatever is wrong with it then, the parser has told already.
        guard (try? root.parseAsRoot(Array(arguments))) != nil else { return nil }
        let name = path.joined(separator: " ")
        return "Error: Give '\(skipped[0])' after the subcommand, as in "
            + "'\(name) \(skipped.joined(separator: " "))'.\n"
    }

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        [command._commandName] + command.configuration.aliases
    }
}
