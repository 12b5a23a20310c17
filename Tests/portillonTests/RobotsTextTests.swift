import ArgumentParser
import Bytes
import Testing
import Wire

@testable import portillon

@Suite("Robots as text")
struct RobotsTextTests {
    private static let answer = """
        {"operation":"ete","ruleset":{"version":1,"digest":"0123456789abcdef",
         "bounds":{"lower":2.3,"upper":6.9}},"seconds":3600,"since":"S","attempts":21007,
         "robots":20000,"suspects":7,"tests":4711,"share":0.952,
         "verdicts":{"admitted":1,"observed":2,"challenged":3,"refused":20001},
         "rules":[{"rule":"client-library","layer":1,"says":"It names a library.","count":20007,
          "share":1,"tools":[{"tool":"curl","count":20000}],
          "samples":[{"at":"T","address":"192.0.2.0/24","verdict":"refused","weight":9.2,
           "reasons":["client-library"],"tool":"cu\\u001brl"}]}],
         "tools":[],"origins":[{"kind":"key","name":"k-1","count":20007},
          {"kind":"permit","name":"pt-1","count":4711}],
         "what_if":[{"bounds":{"lower":1.15,"upper":5.75},"challenged":0,"refused":20007,
           "current":false},
          {"bounds":{"lower":2.3,"upper":6.9},"challenged":7,"refused":20000,"current":true}],
         "minutes":[]}
        """

    private func value(_ text: String) throws -> JSONValue { try JSONValue(Array(text.utf8)) }

    @Test("for people: counts in groups, rules, origins, samples, bounds")
    func people() throws {
        let answer = try value(Self.answer)
        let text = TextStyle.$current.withValue(.people) { RobotsText.robots(answer) }
        #expect(text.contains("21 007"), "\(text)")
        #expect(text.contains("20 000 (95.20 %)"), "\(text)")
        #expect(text.contains("curl 20 000") && text.contains("It names a library."))
        #expect(text.contains("192.0.2.0/24") && text.contains("in force"))
        #expect(!text.contains("\u{1b}"), "nothing that steers a terminal")
    }

    @Test("that there were no robots is said only where entries were judged")
    func none() throws {
        for (attempts, found) in [(0, "No entry was judged"), (3, "No robots in this time.")] {
            let answer = try value(
                #"{"operation":"ete","attempts":\#(attempts),"robots":0,"share":0,"rules":[]}"#)
            let text = TextStyle.$current.withValue(.people) { RobotsText.robots(answer) }
            #expect(text.contains(found), "\(text)")
            // Not entries: those that are stored are counted elsewhere.
            #expect(text.contains("attempts") && !text.contains("entries "), "\(text)")
        }
    }

    @Test("for programs: one record a line, tabs")
    func programs() throws {
        let answer = try value(Self.answer)
        let text = TextStyle.$current.withValue(.programs) { RobotsText.robots(answer) }
        #expect(text.contains("robots\t20000\n") && text.contains("tests\t4711\n"), "\(text)")
        #expect(text.contains("permit\tpt-1\t4711\n"), "\(text)")
        #expect(text.contains("client-library\t1\t20007\tcurl 20000\tIt names a library.\n"))
    }

    @Test("an explanation is its words")
    func explanation() throws {
        let answer = try value(#"{"words":["One.","Two."]}"#)
        #expect(RobotsText.explanation(answer) == "One.\nTwo.\n")
    }

    @Test("an operation alone is shown; a subcommand's name is that subcommand")
    func parsing() throws {
        let shown = try RobotsCommand.parseAsRoot(["ete", "--seconds", "600"])
        #expect((shown as? RobotsCommand.Show)?.seconds == 600)
        let explained = try RobotsCommand.parseAsRoot(["explain", "4711", "--language", "fr"])
        #expect((explained as? RobotsCommand.Explain)?.entry == "4711")
        let named = try RobotsCommand.parseAsRoot(["show", "check"])
        #expect((named as? RobotsCommand.Show)?.operation == "check")
        #expect(throws: (any Error).self) { try RobotsCommand.parseAsRoot(["explain", "x1"]) }
    }
}
