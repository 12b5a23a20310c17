import CommandIO
import Glibc
import Testing

@Suite("A program's arguments and variables")
struct ArgumentsTests {
    @Test("the arguments are those that the process was started with")
    func arguments() throws {
        #expect(try Arguments.read() == Array(CommandLine.arguments.dropFirst()))
    }

    @Test("a variable that is not UTF-8 is named, if the program reads it")
    func variables() throws {
        let value: [CChar] = [0x61, -23, 0]
        unsafe setenv("COMMANDIO_TEST_NAME", value, 1)
        defer { unsafe unsetenv("COMMANDIO_TEST_NAME") }
        try Arguments.checkEnvironment(prefix: "COMMANDIO_OTHER_")
        let error = #expect(throws: ArgumentEncodingError.self) {
            try Arguments.checkEnvironment(prefix: "COMMANDIO_TEST_")
        }
        #expect(error?.subject == "COMMANDIO_TEST_NAME")
        #expect(error?.text == nil, "it may be a secret")
    }
}
