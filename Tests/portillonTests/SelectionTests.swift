import ArgumentParser
import Testing
import Wire

@testable import portillon

@Suite("Operations are chosen and sorted")
struct SelectionTests {
    private static let operations: [JSONValue] = [
        operation("b", "acme", "open", entries: 10, cover: 100),
        operation("a", "acme", "draft", entries: 0, cover: 100),
        operation("c", "other", "smoothed", entries: 500, cover: 50_000),
        operation("d", "other", "suspended_definitively", entries: 10, cover: 0),
    ]

    private static func operation(
        _ name: String, _ client: String, _ state: String, entries: Int, cover: Int
    ) -> JSONValue {
        .object([
            "operation": .string(name), "client": .string(client), "state": .string(state),
            "entries": .integer(entries), "participants": .integer(entries),
            "cover": .integer(cover),
        ])
    }

    @Test(
        "by client, state, order and number",
        arguments: [
            ("", "bacd"), ("--client acme", "ba"), ("--client acme --client other", "bacd"),
            ("--client nobody", ""), ("--state open", "b"), ("--state open --state draft", "ba"),
            ("--state suspended-definitively", "d"), ("--state suspended", ""),
            ("--sort operation", "abcd"), ("--sort entries", "cbda"), ("--sort used", "bcad"),
            ("--sort client --reverse", "dcba"), ("--sort entries --limit 2", "cb"),
            ("--limit 9", "bacd"), ("--client acme --sort entries --limit 1", "b"),
        ])
    func chosen(options: String, names: String) throws {
        let selection = try OperationSelection.parse(options.split(separator: " ").map(String.init))
        let found = selection.apply(to: Self.operations).map { $0["operation"]?.text ?? "" }
        #expect(found.joined() == names)
        let answer = selection.apply(
            toAnswer: .object(["version": .string("1"), "operations": .array(Self.operations)]))
        #expect(answer["operations"]?.elements.count == names.count)
        #expect(answer["version"] == .string("1"), "the rest of an answer stays")
    }

    @Test(
        "a wrong word or number is a mistake of usage",
        arguments: [
            "--state opne", "--sort colour", "--limit 0", "--limit many", "--watch 0",
            "--watch -1", "--watch soon",
        ])
    func usage(options: String) {
        let error = #expect(throws: (any Error).self) {
            try Portillon.parseAsRoot(["status"] + options.split(separator: " ").map(String.init))
        }
        #expect(error.map { Portillon.exitCode(for: $0).rawValue } == 64)
    }

    @Test("a watch has two seconds, or as many as are given")
    func watch() throws {
        #expect(try Status.parse([]).watch == nil)
        #expect(try Status.parse(["--watch"]).watch == 2)
        #expect(try Status.parse(["--watch", "--limit", "5"]).watch == 2)
        #expect(try Status.parse(["--limit", "5", "--watch", "0.5"]).watch == 0.5)
    }

    @Test("what a command did nothing about is said as it is")
    func unchanged() {
        let paced = JSONValue.object([
            "operation": .string("ete"), "state": .string("smoothed"),
            "pace_per_second": .integer(50),
        ])
        #expect(
            OperationCommand.Unchanged.resume(paced)
                == "ete is not suspended; its state is smoothed, by a pace of 50 a second: see "
                + "\"portillon operation pace\"")
        let suspended = JSONValue.object([
            "operation": .string("ete"), "state": .string("suspended"),
        ])
        #expect(
            OperationCommand.Unchanged.open(suspended)
                == "ete is open already, and suspended: see \"portillon operation resume\"")
    }

    @Test("the program is named as a shell finds it")
    func programPath() {
        #expect(
            ProgramPath.command(of: "/opt/a b/portillon", in: "/usr/bin") == "'/opt/a b/portillon'")
        #expect(ProgramPath.command(of: "/opt/portillon", in: "/usr/bin:/opt") == "portillon")
        #expect(ProgramPath.command(of: "/proc/self/exe", in: "/usr/bin") == "portillon")
    }
}
