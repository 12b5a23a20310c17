import ArgumentParser
import Contract

/// `portillon replay`: repeats every decision in a log.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Repeat every decision in a journal and compare it with the record.",
        discussion: """
            portillon replay /var/lib/portillon
            portillon replay backup/journal --json
            portillon replay /var/lib/portillon --archive /mnt/archive
            portillon replay /var/lib/portillon --policy stricter.json

            Needs no running gateway. If a decision differs from its record, the command names the \
            record and exits with 74.
            """)

    @OptionGroup var options: JournalOptions
    @Option(
        parsing: .unconditional,
        help: .init(
            "Show instead what the ladder would have done under the policy in this file.",
            valueName: "file"),
        completion: .file())
    var policy: String?
    @Flag(help: "Print the result as JSON.") var json = false

    func run() throws {
        if let policy {
            let result = try WhatIf(Policy(file: policy), on: options.journal)
            if json {
                try Output.standard.write(json: result)
            } else {
                try Output.standard.write(result.text)
            }
            return
        }
        let result = try ReplayResult(replaying: options.journal)
        if json {
            try Output.standard.write(json: result)
        } else {
            try Output.standard.write(result.text)
        }
    }
}
