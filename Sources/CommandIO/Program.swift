package import ArgumentParser
internal import Glibc

/// A program's start and end: what is the same for every command line of the project.
package enum Program {
    /// What an error of a command is for the one who typed it.
    package struct Failure {
        /// Whole lines for standard error.
        package let text: String
        package let status: Int32

        package init(text: String, status: Int32) {
            self.text = text
            self.status = status
        }
    }

    /// The exit status of a mistake in the call (`sysexits.h`).
    private static var usage: Int32 { 64 }
    /// The exit status of an output that cannot be written (`sysexits.h`).
    private static var inputOutput: Int32 { 74 }

    /// Runs the command that the arguments name. It returns if the command succeeds, and otherwise
    /// ends the process with the status of its failure.
    /// - Parameters:
    ///   - variables: the prefix of the environment's variables that the program reads.
    ///   - failure: what a command's own error is; nil for those of the argument parser.
    package static func run<Root: ParsableCommand>(
        _ root: Root.Type, variables: String, failure: (any Error) -> Failure?
    ) {
        // Before any file is opened.
        guard StandardDescriptors.occupy() == 0 else { exit(inputOutput) }
        StandardDescriptors.reportFileSizeLimit()
        let name = root.configuration.commandName ?? "portillon"
        var arguments: [String] = []
        do {
            arguments = try Arguments.read()
            try Arguments.checkEnvironment(prefix: variables)
            let command = try root.parseAsRoot(arguments)
            if let mistake = DashedValue.forgottenValue(
                in: arguments, of: type(of: command), root)
            {
                end(Failure(text: mistake, status: usage))
            }
            try run(command, of: root, name)
        } catch let error as ArgumentEncodingError {
            end(Failure(text: "\(name): \(error)\n", status: usage))
        } catch {
            end(failure(error) ?? Program.failure(error, of: root, name, given: arguments))
        }
    }

    private static func run<Root: ParsableCommand>(
        _ command: any ParsableCommand, of root: Root.Type, _ name: String
    ) throws {
        var command = command
        do {
            try command.run()
        } catch is CleanExit {
            // It has subcommands only, and was given none: nothing was done, and a script must not
            // take that for success.
            let help = root.helpMessage(for: type(of: command))
            end(Failure(text: "\(help)\n\(name): name a subcommand\n", status: usage))
        }
    }

    /// Prints help or a version, which is a success; else says what is wrong with the call.
    private static func failure<Root: ParsableCommand>(
        _ error: any Error, of root: Root.Type, _ name: String, given arguments: [String]
    ) -> Failure {
        var text = root.fullMessage(for: error)
        if !text.isEmpty { text += "\n" }
        let status = root.exitCode(for: error)
        // The parser answers an unknown word with help, or calls it unexpected.
        if !status.isSuccess || MisplacedArgument.asksForHelp(arguments),
            let explanation = MisplacedArgument.explanation(in: arguments, of: root)
        {
            return Failure(text: explanation, status: usage)
        }
        guard status.isSuccess else {
            if text.hasPrefix("Error: Unknown option"), let hint = DashedValue.hint(in: arguments) {
                text += hint
            }
            return Failure(text: text, status: status.rawValue)
        }
        let result = DescriptorWriter(STDOUT_FILENO).write(TerminalText.lines(text))
        if result.code == 0 { exit(0) }
        let reason = unsafe strerror(result.code).map { unsafe String(cString: $0) } ?? ""
        return Failure(
            text: "\(name): cannot write to standard output: \(reason)\n", status: inputOutput)
    }

    /// Ends the process. Its last words wait for a reader for five seconds at most.
    private static func end(_ failure: Failure) -> Never {
        let text = TerminalText.lines(failure.text)
        _ = DescriptorWriter(STDERR_FILENO).write(text, withinMilliseconds: 5_000)
        exit(failure.status)
    }
}
