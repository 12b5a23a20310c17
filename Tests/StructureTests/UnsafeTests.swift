import Foundation
import Testing

@Suite("Every place that the compiler cannot prove safe is on a list, with its reason")
struct UnsafeTests {
    @Test("the code and the list agree")
    func codeAndListAgree() throws {
        let files = try ["Sources", "loadtests"].flatMap(Repository.swiftFiles(below:))
        let counts = files.map { (path: $0.path, count: StyleRules.unsafeCount(in: $0)) }
        let list = try UnsafeList(text: Repository.text(of: UnsafeList.path))
        if ProcessInfo.processInfo.environment["PORTILLON_UPDATE_UNSAFE"] == "1" {
            try list.updated(with: counts).write(
                to: Repository.root.appending(path: UnsafeList.path), atomically: true,
                encoding: .utf8)
        }
        let now = try UnsafeList(text: Repository.text(of: UnsafeList.path))
        let disagreements = now.disagreements(with: counts)
        if disagreements.isEmpty { return }
        Issue.record(
            """
            \(disagreements.joined(separator: "\n"))
            If each place is needed and stands inside a small safe type, bring the list up to date \
            with
              PORTILLON_UPDATE_UNSAFE=1 swift test --filter StructureTests
            then give every new line in \(UnsafeList.path) its reason, and have it reviewed.
            """)
    }

    @Test("what was added, removed, changed or left without a reason is found")
    func disagreementsAreFound() {
        let list = UnsafeList(
            text: """
                # path count reason
                a.swift 2 owned storage
                b.swift 1 REASON MISSING
                gone.swift 1 was once
                nonsense
                """)
        let counts = [("a.swift", 3), ("b.swift", 1), ("c.swift", 1), ("d.swift", 0)]
        #expect(
            list.disagreements(with: counts) == [
                "Tests/StructureTests/unsafe.txt: not 'path count reason': nonsense",
                "a.swift: 3 unsafe places, the list says 2",
                "c.swift: 1 unsafe places, and no line in the list",
                "b.swift: in the list without a reason",
                "gone.swift: in the list, but there is no such file",
            ])
        #expect(
            list.updated(with: [("c.swift", 1), ("a.swift", 3)])
                == "# path count reason\na.swift 3 owned storage\nc.swift 1 REASON MISSING\n")
    }

    @Test("comments and literals are not counted, every kind of unsafe is")
    func kindsAreCounted() {
        let file = SourceFile(
            path: "F.swift",
            text: """
                // unsafe
                let a = unsafe b + "unsafe \\(unsafe c)"
                nonisolated(unsafe) var d = 0
                extension E: @unchecked Sendable {}
                let unsafeName = withUnsafeBytes
                """)
        #expect(StyleRules.unsafeCount(in: file) == 4)
    }
}
