import ArgumentParser
import CommandIO

/// `portillon-load`: an independent judge of the gateway under load.
@main
struct PortillonLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "portillon-load",
        abstract: "Sends load on a schedule and says what came of it.",
        subcommands: [RunCommand.self, PageCommand.self])

    static func main() {
        Program.run(Self.self, variables: "PORTILLON_") { _ in nil }
    }
}
