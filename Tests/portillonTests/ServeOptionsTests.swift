import ArgumentParser
import Testing

@testable import portillon

@Suite("The flags of serve")
struct ServeOptionsTests {
    @Test("every setting has its flag, and it sets that setting")
    func flags() throws {
        for setting in Setting.all(on: Setting.Machine(cores: 2, isTerminal: true)) {
            let flag = setting.flag.split(separator: " ").map(String.init)
            let arguments = flag.count == 2 ? [flag[0], "\(flag[1])=7"] : [flag[0], "7"]
            let options = try Serve.parse(arguments)
            #expect(options.flags == [setting.key: "7"])
        }
    }

    @Test("a mistake in the flags themselves is one of usage")
    func usage() {
        for arguments in [
            ["serve", "--lissten", "x"], ["serve", "--limit", "foo"], ["serve", "--limit", "=3"],
            ["serve", "--policy", "calm"], ["serve", "--json"], ["serve", "extra"], ["nonsense"],
            ["operation"],
            ["key", "revoke", "k-1", "--reason", "bored"], ["operation", "put", "x"],
        ] {
            do {
                var command = try Portillon.parseAsRoot(arguments)
                try command.run()
                Issue.record("\(arguments) is accepted")
            } catch {
                let status = Portillon.exitCode(for: error).rawValue
                #expect(status == 64 || arguments == ["operation"], "\(arguments)")
            }
        }
    }

    @Test("a value may hold the sign itself")
    func namedValue() {
        #expect(NamedValue(argument: "a=b=c")?.value == "b=c")
        #expect(NamedValue(argument: "a=")?.value == "")
    }
}
