import Testing

@Suite("Names lead to what they name")
struct NameTests {
    @Test("a file has the name of its main type")
    func fileNames() throws {
        for folder in ["Sources", "loadtests/portillon-load"] {
            for file in try Repository.swiftFiles(below: folder) {
                if Self.otherFiles.contains(where: { file.path.hasSuffix($0) }) { continue }
                for violation in NameRules.fileNames(in: file) {
                    Issue.record(Comment(rawValue: violation))
                }
            }
        }
    }

    @Test("what only tests use is not declared")
    func unused() throws {
        let files =
            try Repository.swiftFiles(below: "Sources") + Repository.swiftFiles(below: "loadtests")
        let folders = ["Sources/", "loadtests/portillon-load/"]
        for found in NameRules.unused(in: files, declaredBelow: folders) {
            let name = String(found.split(separator: " ").last ?? "")
            if Self.kept[name] == nil { Issue.record("\(found): nothing but tests uses it") }
        }
    }

    @Test("both rules find an offender")
    func rulesFindOffenders() {
        let text = """
            struct Pear {
                private(set) var seeds = 0
                private let stalk = 1
                func peel() { let knife = 0 }
            }
            enum Plum {
            \(String(repeating: "    // flesh\n", count: 25))}
            """
        let file = SourceFile(path: "Fruit/Apple.swift", text: text)
        #expect(NameRules.fileNames(in: file) == ["Fruit/Apple.swift: there is no Apple in it"])
        let pear = SourceFile(path: "Fruit/Pear.swift", text: text)
        #expect(
            NameRules.fileNames(in: pear) == ["Fruit/Pear.swift:6: Plum has 27 lines: Plum.swift"])
        let use = SourceFile(path: "Use.swift", text: "let a = Pear()\nlet b = Plum.self")
        #expect(
            NameRules.unused(in: [pear, use], declaredBelow: ["Fruit/"]) == [
                "Fruit/Pear.swift:2: seeds", "Fruit/Pear.swift:4: peel",
            ])
    }

    /// Files that hold a family of small declarations, or that are still to be divided.
    private static let otherFiles: Set<String> = [
        "Bytes/Array+Bytes.swift",
        "Cryptography/ConstantTime.swift",
        "Cryptography/TextEncodings.swift",
        "Words/FigurePhrase.swift",
        "Admin/Access.swift",
        "Admin/ContractViews.swift",
        "Admin/Views.swift",
        "Entries/Envelope.swift",
        "Sequencer/Administration.swift",
        "Edge/PendingBufferPool.swift",
        "Edge/Route.swift",
        "Log/LogBatch.swift",
        "Ledger/AdministrativeCommand.swift",
        "Ledger/EntryCommand.swift",
        "Ledger/LedgerEvent.swift",
        "Ledger/OperationSettings+Validation.swift",
    ]

    /// What stays although only tests name it, each with its reason.
    private static let kept: [String: String] = [
        "Portillon": "`@main`",
        "PortillonLoad": "`@main`",
        "buildExpression": "the compiler calls it for a result builder",
        "buildBlock": "the compiler calls it for a result builder",
        "buildOptional": "the compiler calls it for a result builder",
        "buildEither": "the compiler calls it for a result builder",
        "buildArray": "the compiler calls it for a result builder",
        "nestedContainer": "the protocols of encoding ask for it",
        "nestedUnkeyedContainer": "the protocols of encoding ask for it",
        "superEncoder": "the protocols of encoding ask for it",
        "setNonceCounter": "brings a test to the end of the nonces, which no run reaches",
        "quantile": "by it tests hold what a histogram promises of its buckets",
        "batchBytes": "by it tests hold what the format says of a batch's length",
        "verifies": "the counterpart of a code that is made",
        "decodedByteCount": "by it tests hold two readings of a string against each other",
        "double": "reads a number that is not whole",
        "isSpent": "of the monthly report, which no program shows yet",
        "notOurs": "an outcome that comes as its word",
    ]
}
