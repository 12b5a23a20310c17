import Testing

@Suite("State has an owner")
struct StateTests {
    @Test("no type's variables are open to more than four files")
    func openState() throws {
        let files = try Repository.swiftFiles(below: "Sources")
        let modules = Dictionary(grouping: files) { $0.path.split(separator: "/")[1] }
        for (module, files) in modules {
            for violation in StateRules.violations(in: files) {
                Issue.record("\(module): \(violation)")
            }
        }
    }

    @Test("the rule finds an offender, and leaves what is private alone")
    func ruleFindsOffender() {
        #expect(Self.violations("var seeds = 1") == ["Pear: its variables are open to 5 files"])
        #expect(Self.violations("package internal(set) var seeds: Int").count == 1)
        #expect(Self.violations("private(set) var seeds = 1").isEmpty)
        #expect(Self.violations("let seeds = 1").isEmpty)
        #expect(Self.violations("static var seeds = 1").isEmpty)
        #expect(Self.violations("var seeds: Int { 1 }").isEmpty)
        #expect(Self.violations("func seeds() {\n        var seeds = 1\n    }").isEmpty)
    }

    @Test("the rule sees a type inside another one")
    func ruleSeesNestedTypes() {
        let nested = "struct Core {\n        var seeds = 1\n    }"
        #expect(Self.violations(nested).isEmpty)
        #expect(
            Self.violations(nested, extending: "Pear.Core")
                == ["Pear.Core: its variables are open to 5 files"])
    }

    /// What the rule says of a type `Pear` with this member, and four files that extend a type.
    private static func violations(_ member: String, extending name: String = "Pear") -> [String] {
        let first = SourceFile(path: "Pear.swift", text: "struct Pear {\n    \(member)\n}")
        let others = (1...4).map {
            SourceFile(path: "Pear+\($0).swift", text: "extension \(name)\nwhere Self: Any {\n}")
        }
        return StateRules.violations(in: [first] + others)
    }
}
