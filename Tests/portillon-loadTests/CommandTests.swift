import ArgumentParser
import Testing

@testable import portillon_load

@Suite("The load runner's command line")
struct CommandTests {
    @Test("the command is called what it is installed as")
    func commandHasItsName() {
        #expect(PortillonLoad.configuration.commandName == "portillon-load")
    }
}
