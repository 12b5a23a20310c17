import ArgumentParser
import Cryptography
import Files
import Robots

/// `portillon robots`: what was found of robots, why, and the rules that tell them from people.
struct RobotsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "robots",
        abstract: "Show the robots of an operation, or explain a verdict; try rules on files.",
        discussion: """
            portillon robots ete-2026
            portillon robots explain 4711123456789
            portillon robots ruleset > rules.json
            portillon robots check rules.json
            portillon robots judge --people browsers.json --robots crawlers.yml
            portillon robots judge --ruleset rules.json captured.jsonl

            An operation that is named like a subcommand: portillon robots show check. Trying \
            rules needs no gateway. The ruleset is one JSON file; Sources/Robots/RULESET.md \
            documents it.
            """,
        subcommands: [
            Show.self, Explain.self, RulesetText.self, Check.self, RobotsJudge.self,
        ], defaultSubcommand: Show.self)

    /// `portillon robots ruleset`.
    struct RulesetText: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ruleset",
            abstract: "Print the rules that the gateway brings along, to begin your own file with.")

        func run() throws {
            try Output.standard.write(Ruleset.shippedJSON)
        }
    }

    /// `portillon robots check`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Say whether a ruleset can be used, and what is wrong with it.",
            discussion: "Exits with 78 if it cannot be used.")

        @Argument(help: .init("The ruleset.", valueName: "file"), completion: .file())
        var file: String

        func run() throws {
            let ruleset = try Ruleset(path: file)
            try Output.standard.write(
                listing([
                    ("version", "\(ruleset.version)"), ("digest", ruleset.digest.hexadecimal),
                    ("rules", "\(ruleset.rules.count)"), ("tools", "\(ruleset.tools.count)"),
                ]))
        }
    }
}

extension Ruleset {
    /// Reads a ruleset's file.
    /// - Throws: ``CommandFailure`` 78 that names the path and the place in the file.
    init(path: String) throws(CommandFailure) {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try WholeFile.read(path, atMost: WholeFile.settingsBytes)
        } catch {
            throw CommandFailure(
                .configuration, "\(path): cannot read the ruleset (\(error.reason))")
        }
        do throws(RulesetError) {
            try self.init(bytes)
        } catch {
            throw CommandFailure(.configuration, "\(path): \(error)")
        }
    }
}
