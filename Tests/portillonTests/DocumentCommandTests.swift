import ArgumentParser
import Foundation
import Testing

@testable import portillon

@Suite("What documents and messages tell people to type exists")
struct DocumentCommandTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    // MARK: Blocks of shell

    @Test("each command in a block of shell names a program, a subcommand and options that exist")
    func blocks() throws {
        var count = 0
        for (path, text) in try Self.pages() {
            for block in Self.shellBlocks(in: text) {
                for command in ShellCommands(block).all {
                    count += 1
                    if let fault = try Self.fault(of: command) {
                        Issue.record("\(path): \(command.joined(separator: " ")): \(fault)")
                    }
                }
            }
        }
        #expect(count > 90, "the blocks are found")
    }

    @Test("commands and scripts that sentences name exist, too")
    func spans() throws {
        var count = 0
        for (path, text) in try Self.pages() {
            for match in text.matches(of: /`((?:portillon |ops\/|loadtests\/)[^`\n]*)`/) {
                let words = match.output.1.split(separator: " ").map(String.init)
                count += 1
                if let fault = try Self.faultOfMention(words) {
                    Issue.record("\(path): \(match.output.1): \(fault)")
                }
            }
        }
        #expect(count > 60, "the mentions are found")
    }

    @Test("commands that messages name exist")
    func messages() throws {
        var count = 0
        for file in try Self.files(below: "Sources", endingWith: ".swift") {
            let text = try String(contentsOf: Self.root.appending(path: file), encoding: .utf8)
            for match in text.matches(of: /\\"(portillon [^"\\]*)\\"/) {
                count += 1
                let words = match.output.1.split(separator: " ").map(String.init)
                if let fault = try Self.faultOfMention(words) {
                    Issue.record("\(file): \(match.output.1): \(fault)")
                }
            }
        }
        #expect(count > 5, "the messages are found")
    }

    @Test(
        "a wrong command is found",
        arguments: [
            "portillon operation opne ete-2026", "cat x | portillon status --jsno",
            "KEY=$(portillon key creat ete)", "ops/nothing", "ops/run --no-such-option",
            "swift build -c release --product portillon --product portillon-load", "frobnicate",
            "swift build --product portilon", "loadtests/scenario --no-such-option",
        ])
    func offenders(line: String) throws {
        let faults = try ShellCommands(line).all.compactMap { try Self.fault(of: $0) }
        #expect(!faults.isEmpty)
    }

    @Test("a line of shell is taken apart")
    func parsing() {
        #expect(
            ShellCommands("A=1 b 'c d' | e \"$(f --g)\" >h 2>/dev/null && (i; j) # k\nl \\\n m").all
                == [["b", "c d"], ["f", "--g"], ["e", "value"], ["i"], ["j"], ["l", "m"]])
    }

    // MARK: What is wrong with a command

    private static func fault(of command: [String]) throws -> String? {
        let program = command[0]
        let arguments = Array(command.dropFirst())
        switch program {
        case "portillon", ".build/release/portillon", ".build/debug/portillon":
            return usageFault(arguments)
        case ".build/release/portillon-load": return try loadRunnerFault(arguments)
        case "swift": return try swiftFault(arguments)
        case _ where program.hasPrefix("ops/") || program.hasPrefix("loadtests/"):
            return try scriptFault(program, arguments)
        default:
            // An expansion is a value of its own: `$run baseline update`.
            return programs.contains(program) || program.hasPrefix("$")
                ? nil : "there is no program \(program) in the list of those that a system has"
        }
    }

    /// What every system has, or the page says how to get.
    private static let programs: Set<String> = [
        "apt", "awk", "cat", "chgrp", "chmod", "cp", "curl", "cut", "echo", "git", "head",
        "install", "jq", "kubectl", "ldconfig", "ldd", "mkdir", "mv", "od", "openssl", "podman",
        "printf", "rsync", "sha256sum", "shuf", "sort", "systemctl", "systemd-sysusers", "tail",
        "tar", "tr", "umask", "xargs",
    ]

    private static func usageFault(_ arguments: [String]) -> String? {
        do {
            _ = try Portillon.parseAsRoot(arguments)
            return nil
        } catch {
            let isHelp = Portillon.exitCode(for: error) == .success
            return isHelp ? nil : Portillon.message(for: error)
        }
    }

    /// A mention may leave out what a call needs: `portillon campaign add`.
    private static func faultOfMention(_ words: [String]) throws -> String? {
        guard words[0] == "portillon" else {
            return try scriptFault(words[0], Array(words.dropFirst()))
        }
        var command: any ParsableCommand.Type = Portillon.self
        for word in words.dropFirst() {
            if word.hasPrefix("--") {
                let name = String(word.prefix { $0 != "=" && $0 != ":" && $0 != "," })
                let help = Portillon.helpMessage(for: command, columns: 1_000)
                let isBuiltIn = ["--generate-completion-script", "--version"].contains(name)
                guard isBuiltIn || help.contains(name) else {
                    return "\(command._commandName) has no option \(name)"
                }
            } else if !command.configuration.subcommands.isEmpty {
                if ["help", "…"].contains(word) { continue }
                guard word.allSatisfy({ $0.isLowercase }) else { continue }
                let next = command.configuration.subcommands.first { $0._commandName == word }
                guard let next else { return "there is no subcommand \(word)" }
                command = next
            }
        }
        return nil
    }

    private static func scriptFault(_ path: String, _ arguments: [String]) throws -> String? {
        var isFolder: ObjCBool = false
        let file = root.appending(path: path).path
        // A folder, a page, or a pattern of them is a mention and no command.
        guard unsafe FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) else {
            return path.contains { "*…<".contains($0) } ? nil : "there is no \(path)"
        }
        if isFolder.boolValue || path.contains(".") { return nil }
        guard FileManager.default.isExecutableFile(atPath: file) else { return "not executable" }
        var text = try String(contentsOfFile: file, encoding: .utf8)
        if path.hasPrefix("loadtests/") {
            for module in try files(below: "loadtests/bench", endingWith: ".py") {
                text += try String(contentsOf: root.appending(path: module), encoding: .utf8)
            }
        }
        // What is behind `--` is another program's, and `swift test` has options of its own.
        let own = arguments.prefix { $0 != "--" }
        let option = own.first { argument in
            guard argument.hasPrefix("--"), path != "ops/test" || argument != "--filter" else {
                return false
            }
            // In a sentence, a comma may follow.
            return !text.contains(argument.prefix { $0.isLetter || $0.isNumber || $0 == "-" })
        }
        return option.map { "\(path) has no option \($0)" }
    }

    private static func swiftFault(_ arguments: [String]) throws -> String? {
        guard ["build", "test", "package", "format", "run"].contains(arguments.first ?? "") else {
            return "swift has no such subcommand"
        }
        let products = zip(arguments, arguments.dropFirst()).filter { $0.0 == "--product" }
            .map(\.1)
        if products.count > 1 { return "of several --product, swift build takes only the last" }
        let manifest = try String(
            contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
        return products.first { !manifest.contains("name: \"\($0)\"") }
            .map { "there is no product \($0)" }
    }

    /// By the program's own help: its parser is another target's.
    private static func loadRunnerFault(_ arguments: [String]) throws -> String? {
        let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = folder.appending(path: "portillon-load")
        process.arguments = [arguments.first ?? "", "--help"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let help = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return "there is no such subcommand" }
        return arguments.first { $0.hasPrefix("--") && !help.contains($0) }
            .map { "portillon-load has no option \($0)" }
    }

    // MARK: Where they are

    private static func pages() throws -> [(path: String, text: String)] {
        let top = try FileManager.default.contentsOfDirectory(atPath: root.path)
            .filter { $0.hasSuffix(".md") }
        let below = try ["ops", "loadtests", "Tests"].flatMap {
            try files(below: $0, endingWith: ".md")
        }
        return try (top + below).sorted().map { path in
            (path, try String(contentsOf: root.appending(path: path), encoding: .utf8))
        }
    }

    private static func files(below folder: String, endingWith end: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
            .filter { $0.hasSuffix(end) && !$0.contains(".build") && !$0.hasPrefix(".") }
            .map { folder + "/" + $0 }
    }

    private static func shellBlocks(in text: String) -> [String] {
        var blocks: [String] = []
        var block: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                if let finished = block { blocks.append(finished) }
                block = line == "```sh" ? "" : nil
            } else {
                block?.append(line + "\n")
            }
        }
        return blocks
    }
}
