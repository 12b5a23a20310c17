import Testing

@Suite("The code keeps the rules of style that a test can hold")
struct StyleTests {
    @Test("files have at most 400 lines, lines at most 100 columns")
    func lengthsAreBounded() throws {
        try report(StyleRules.lengths, below: ["Sources", "Tests", "loadtests"])
    }

    @Test("nothing is forced: no try!, no as!")
    func nothingIsForced() throws {
        try report(StyleRules.forcedErrors, below: ["Sources", "Tests", "loadtests"])
    }

    @Test("fatalError is not used")
    func nothingIsFatal() throws {
        try report(StyleRules.fatalErrors, below: ["Sources", "loadtests"])
    }

    @Test("every try? has its reason beside it")
    func swallowedErrorsAreExplained() throws {
        try report(StyleRules.swallowedErrors, below: ["Sources", "Tests", "loadtests"])
    }

    @Test("options take values that begin with a dash; output goes through one writer")
    func commandLines() throws {
        try report(
            StyleRules.commandLines, below: ["Sources/portillon", "loadtests/portillon-load"])
        let file = SourceFile(
            path: "F.swift",
            text: """
                @Option(help: "x") var a: Int
                print(a)

                @Option(parsing: .unconditional)
                """)
        #expect(
            StyleRules.commandLines(in: file) == [
                "F.swift:1: @Option without parsing: .unconditional",
                "F.swift:2: write through Output or RunnerOutput",
            ])
    }

    @Test("HTML is escaped in one place")
    func escapers() throws {
        try report(StyleRules.escapers, below: ["Sources", "loadtests"])
        let text = "let a = 1\nresult += \"&amp;\"\n"
        let found = StyleRules.escapers(in: SourceFile(path: "F.swift", text: text))
        #expect(found == ["F.swift:2: escape HTML by Markup"])
    }

    @Test("at the root there is only what was agreed on")
    func rootIsTidy() throws {
        let (status, text) = try Repository.output(of: ["git", "ls-files", "-z"])
        guard status == 0 else {
            print("skipped: the root's entries are not checked outside git")
            return
        }
        let found = Set(text.split(separator: "\0").map { $0.prefix { $0 != "/" } })
        #expect(found.contains("Package.swift"), "git ls-files lists the repository")
        for entry in found.sorted() where !agreedEntries.contains(String(entry)) {
            Issue.record("\(entry) is at the root, beside the agreed entries")
        }
    }

    @Test("each rule finds an offender")
    func rulesFindOffenders() {
        let text = """
            let a = try! read() as! Int // why
            let b = try? read()
            // Losing it is harmless.
            let c = try? read()
            let d = "try! \\(try! read()) as!" + #"as! "try!" \\("#
            /* as! /* try! */ as! */ fatalError("x")
            \(String(repeating: "x", count: 101))
            """
        let file = SourceFile(path: "F.swift", text: text)
        #expect(
            StyleRules.forcedErrors(in: file) == [
                "F.swift:1: try! traps: handle what can fail",
                "F.swift:5: try! traps: handle what can fail",
                "F.swift:1: as! traps: handle what can fail",
            ])
        // Line 2 is excused by the comment that ends line 1: "or the line before" is that simple.
        #expect(StyleRules.swallowedErrors(in: file) == [])
        let bare = SourceFile(path: "F.swift", text: "let a = 1\nlet b = try? read()\n")
        #expect(
            StyleRules.swallowedErrors(in: bare) == ["F.swift:2: try? without a reason beside it"])
        let fatal = ["F.swift:6: fatalError: use precondition, or an error"]
        #expect(StyleRules.fatalErrors(in: file) == fatal)
        #expect(StyleRules.lengths(in: file) == ["F.swift:7: 101 columns, over 100"])
        let long = SourceFile(path: "F.swift", text: String(repeating: "\n", count: 401))
        #expect(StyleRules.lengths(in: long).count == 1)
    }

    private func report(_ rule: (SourceFile) -> [String], below directories: [String]) throws {
        for directory in directories {
            for violation in try Repository.swiftFiles(below: directory).flatMap(rule) {
                Issue.record(Comment(rawValue: violation))
            }
        }
    }

    private let agreedEntries: Set<String> = [
        "Package.swift", "Sources", "Tests", "loadtests", "ops", "README.md",
        "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md",
        "LICENSE", ".ci",
        ".swift-format", ".editorconfig", ".gitignore", ".gitattributes", ".dockerignore",
        ".spi.yml",
    ]
}
