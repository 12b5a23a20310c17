import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import portillon_load

@Suite("The load runner's command line")
struct CommandTests {
    @Test("the command is called what it is installed as")
    func commandHasItsName() {
        #expect(PortillonLoad.configuration.commandName == "portillon-load")
    }

    @Test("a permit is given as its text, or as the file it is in")
    func permits() throws {
        let folder = TemporaryDirectory()
        let file = folder.path("permit.txt")
        try "pm_AAAA-_9\nsomething else\n".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try RunCommand.permit("pm_BBBB") == "pm_BBBB")
        #expect(try RunCommand.permit(file) == "pm_AAAA-_9")
        try "pk_no permit".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(throws: UsageError.self) { try RunCommand.permit(file) }
        #expect(throws: UsageError.self) { try RunCommand.permit(folder.path("none")) }
    }
}
