import ArgumentParser
import Foundation
import Testing

@testable import portillon_load

@Suite("portillon-load page")
struct PageCommandTests {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "portillon-load-test-\(UUID().uuidString.lowercased())")

    @Test("a report that a run has written is drawn again, the same")
    func again() throws {
        try inFolder {
            let report = SampleReport.televisionSpot()
            let paths = try ReportFolder(path("run/of/today")).write(report)
            #expect(paths == [path("run/of/today/report.json"), path("run/of/today/report.html")])
            let first = try Data(contentsOf: URL(filePath: paths[1]))
            #expect(first == Data(ReportPage(report).text.utf8))
            try FileManager.default.removeItem(atPath: paths[1])
            try command(paths[0]).draw()
            #expect(try Data(contentsOf: URL(filePath: paths[1])) == first)
            try command(paths[0], "--out", path("other")).draw()
            #expect(try Data(contentsOf: URL(filePath: path("other"))) == first)
        }
    }

    @Test("the page stands beside the report unless it is told otherwise")
    func place() throws {
        #expect(try command("a/report.json").page == "a/report.html")
        #expect(try command("old").page == "old.html")
        #expect(try command("report.json", "--out", "x").page == "x")
    }

    @Test("a file that is missing or no report is told with its path and a status of its own")
    func unreadable() throws {
        try inFolder {
            let missing = path("none.json")
            #expect(
                try failure(command(missing))
                    == "74 cannot read \(missing): there is no such file or folder")
            let odd = path("odd.json")
            try Data("hello".utf8).write(to: URL(filePath: odd))
            #expect(try failure(command(odd)) == "1 \(odd) is not a report: it is not JSON")
            try Data("{\"format\": 7}".utf8).write(to: URL(filePath: odd))
            #expect(
                try failure(command(odd))
                    == "1 \(odd) is not a report: its format is 7, and this program reads format 1")
            #expect(!FileManager.default.fileExists(atPath: path("odd.html")))
            #expect(
                try failure(command(folder.path)) == "74 cannot read \(folder.path): it is a folder"
            )
        }
    }

    @Test("a page that cannot be written is told with its path")
    func unwritable() throws {
        try inFolder {
            let report = path("report.json")
            try SampleReport.soak().json().write(to: URL(filePath: report))
            let out = path("no/such/folder/report.html")
            #expect(
                try failure(command(report, "--out", out))
                    == "74 cannot write \(out): there is no such file or folder")
        }
    }

    @Test("a report is not overwritten, however its path is spelled")
    func ownReport() throws {
        try inFolder {
            let report = path("report.json")
            try Data("{}".utf8).write(to: URL(filePath: report))
            try FileManager.default.createSymbolicLink(
                atPath: path("link.json"), withDestinationPath: report)
            let folder = folder.lastPathComponent
            for out in [report, path("../\(folder)/./report.json"), path("link.json")] {
                let error = try #require(throws: (any Error).self) {
                    try command(report, "--out", out)
                }
                #expect(PageCommand.exitCode(for: error) == ExitCode(64), "\(out)")
            }
        }
    }

    @Test("the command exits with the failure's status")
    func status() throws {
        #expect(throws: ExitCode(74)) { try command(path("none.json")).run() }
    }

    @Test(
        "what is no report and page is a matter of usage",
        arguments: [
            [], [""], ["a", "b"], ["a.json", "--out", "a.json"], ["a.json", "--out", ""],
            ["a.json", "--oops"],
        ])
    func usage(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try PageCommand.parse(arguments) }
        #expect(error.map { PageCommand.exitCode(for: $0) } == ExitCode(64))
    }

    @Test("the load runner knows the command")
    func registered() throws {
        let parsed = try PortillonLoad.parseAsRoot(["page", "report.json"])
        #expect((parsed as? PageCommand)?.report == "report.json")
    }

    private func command(_ arguments: String...) throws -> PageCommand {
        try PageCommand.parse(arguments)
    }

    private func failure(_ command: PageCommand) throws -> String {
        let failure = try #require(throws: PageCommand.Failure.self) { try command.draw() }
        return "\(failure.status) \(failure.line)"
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Makes the folder, and leaves nothing behind.
    private func inFolder(_ body: () throws -> Void) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            // A temporary folder that stays is a nuisance, not a failure.
            try? FileManager.default.removeItem(at: folder)
        }
        try body()
    }
}
