import Testing

@testable import CommandIO

@Suite("A mistyped name leads to the one that was meant")
struct SpellingTests {
    @Test(
        "edits are counted, neighbours that changed places as one",
        arguments: [
            ("", "", 0), ("a", "", 1), ("open", "opne", 1), ("status", "satus", 1),
            ("status", "status", 0), ("kitten", "sitting", 3), ("ab", "ba", 1),
        ])
    func distances(left: String, right: String, edits: Int) {
        #expect(Spelling.distance(left, right) == edits)
        #expect(Spelling.distance(right, left) == edits)
    }

    @Test(
        "the nearest is found, and none where none is near",
        arguments: [
            ("stauts", "status"), ("opertion", "operation"), ("stat", "status"), ("x", nil),
            ("weather", nil), ("operations", "operation"), ("", nil),
        ])
    func nearest(name: String, known: String?) {
        let names = ["demo", "operation", "serve", "status"]
        #expect(Spelling.nearest(to: name, among: names) == known)
    }

    @Test("a beginning that two names have leads to neither")
    func ambiguous() {
        let names = ["journal-print", "journal-verify"]
        #expect(Spelling.nearest(to: "journal", among: names) == nil)
    }
}
