import ArgumentParser
import Foundation
import Testing

@testable import portillon

@Suite("The commands that documents and help show are commands")
struct ExampleTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test("in the documents")
    func documents() throws {
        var count = 0
        for path in ["README.md", "CONTRIBUTING.md", "ops/systemd/README.md"] + (try Self.manual())
        {
            let text = try String(
                contentsOf: Self.root.appending(path: path), encoding: .utf8)
            for command in Self.commands(inFencesOf: text) {
                count += 1
                expectParses(command, in: path)
            }
        }
        #expect(count > 30, "the fences are found")
    }

    @Test("in the help")
    func help() {
        var count = 0
        for command in Self.all(below: Portillon.self) {
            for line in command.configuration.discussion.split(separator: "\n") {
                guard let start = line.firstRange(of: "portillon ") else { continue }
                // In a sentence the name is followed by prose.
                let before = line[..<start.lowerBound]
                guard before.allSatisfy({ $0 == " " }) || before.hasSuffix("  ") else { continue }
                count += 1
                expectParses(String(line[start.lowerBound...]), in: "the help of \(command)")
            }
        }
        #expect(count > 30, "the examples are found")
    }

    @Test("a wrong command is found")
    func offender() {
        #expect(Self.fault(of: "portillon operation opne ete-2026") != nil)
        #expect(Self.fault(of: "portillon status --jsno") != nil)
        #expect(Self.fault(of: "portillon status --json | jq . # now") == nil)
        #expect(Self.words(of: "a 'b  c' \"d e\"f --g=1 > h") == ["a", "b  c", "d ef", "--g=1"])
    }

    private func expectParses(_ command: String, in place: String) {
        if let fault = Self.fault(of: command) { Issue.record("\(place): \(command): \(fault)") }
    }

    private static func fault(of command: String) -> String? {
        do {
            _ = try Portillon.parseAsRoot(Array(words(of: command).dropFirst()))
            return nil
        } catch {
            let isHelp = Portillon.exitCode(for: error) == .success
            return isHelp ? nil : Portillon.message(for: error)
        }
    }

    // MARK: Where examples are

    private static func manual() throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            atPath: root.appending(path: "ops/manual").path
        ).filter { $0.hasSuffix(".md") }.map { "ops/manual/" + $0 }
    }

    private static func commands(inFencesOf text: String) -> [String] {
        var isCode = false
        var found: [String] = []
        for line in text.replacing("\\\n", with: " ").split(separator: "\n") {
            if line.hasPrefix("```") { isCode.toggle() }
            if isCode, line.hasPrefix("portillon ") { found.append(String(line)) }
        }
        return found
    }

    private static func all(
        below command: any ParsableCommand.Type
    ) -> [any ParsableCommand.Type] {
        [command] + command.configuration.subcommands.flatMap { all(below: $0) }
    }

    /// The words of a shell's command up to a comment, a pipe or a redirection.
    private static func words(of command: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in command {
            if let open = quote {
                if character == open { quote = nil } else { word?.append(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character == " " {
                if let finished = word { words.append(finished) }
                word = nil
            } else if word == nil, "#|<>".contains(character) {
                break
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return words
    }
}
