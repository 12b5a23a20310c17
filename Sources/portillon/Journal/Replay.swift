import ArgumentParser
import Contract

/// `portillon replay`: decides everything in a log once more.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Decide everything in a journal again, and show what comes out.",
        discussion: """
            portillon replay /var/lib/portillon
            portillon replay backup/journal --json
            portillon replay /var/lib/portillon --policy stricter.json

            No gateway is needed. Where a decision comes out otherwise than it was recorded, the \
            exit status is 74 and the record is named.
            """)

    @Argument(help: "A data folder or its journal folder.", completion: .directory)
    var folder: String
    @Option(
        help: .init(
            "Show what the ladder would have done under the policy in this file.",
            valueName: "file"),
        completion: .file())
    var policy: String?
    @Flag(help: "Print the result as JSON.") var json = false

    func run() throws {
        if let policy {
            let result = try WhatIf(Policy(file: policy), on: JournalFolder(folder))
            if json {
                try Output.standard.write(json: result)
            } else {
                try Output.standard.write(result.text)
            }
            return
        }
        let result = try ReplayResult(replaying: JournalFolder(folder))
        if json {
            try Output.standard.write(json: result)
        } else {
            try Output.standard.write(result.text)
        }
    }
}
