import ArgumentParser
import Testing

@testable import portillon

@Suite("The names of commands")
struct CommandNameTests {
    @Test("each is written down: one made from a type's name costs every call of every command")
    func written() {
        var commands: [any ParsableCommand.Type] = [Portillon.self]
        var count = 0
        while let command = commands.popLast() {
            count += 1
            // The runtime looks through every conformance of the program, 0.3 ms for each command
            // of the tree: half of what a call takes.
            #expect(command.configuration.commandName != nil, "\(command) has no commandName")
            commands += command.configuration.subcommands
        }
        #expect(count > 100, "the commands are found")
    }
}
