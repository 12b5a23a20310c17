import Foundation
import Testing

@Suite("The documents' links lead somewhere")
struct DocumentTests {
    @Test("every relative link and every anchor exists")
    func links() throws {
        let pages = try Self.pages()
        #expect(pages["README.md"] != nil && pages["ops/manual/README.md"] != nil)
        for page in pages.values.sorted(by: { $0.path < $1.path }) {
            let broken = page.brokenLinks(among: pages) {
                FileManager.default.fileExists(atPath: Repository.root.appending(path: $0).path)
            }
            for line in broken { Issue.record(Comment(rawValue: line)) }
        }
    }

    @Test("the manual's index leads to every page of the manual")
    func index() throws {
        let pages = try Self.pages()
        let index = try #require(pages["ops/manual/README.md"])
        let linked = Set(index.links.map { "ops/manual/" + $0.target })
        for path in pages.keys.sorted() where path.hasPrefix("ops/manual/") && path != index.path {
            #expect(linked.contains(path), "\(path) is not in the manual's index")
        }
    }

    @Test("README has at most 120 lines")
    func length() throws {
        #expect(try Repository.text(of: "README.md").split(separator: "\n").count <= 120)
    }

    @Test("a broken link is found, code is not looked at")
    func offenders() {
        let page = MarkdownPage(
            path: "ops/a.md",
            text: """
                # The *first* page: `a b`
                [one](b.md) `[code](none.md)` [two](../README.md#top) [web](https://example.org)
                ```
                [fenced](none.md)
                ```
                ## Twice
                [three](#twice-1) [four](#twice-2) [five](none.md#x)
                ## Twice
                """)
        let other = MarkdownPage(path: "README.md", text: "# Top")
        #expect(page.anchors == ["the-first-page-a-b", "twice", "twice-1"])
        #expect(
            page.brokenLinks(among: [page.path: page, other.path: other]) {
                ["ops/a.md", "ops/b.md", "README.md"].contains($0)
            } == [
                "ops/a.md:7: ops/a.md has no heading #twice-2",
                "ops/a.md:7: there is no ops/none.md",
            ])
    }

    /// Every page of the repository, by its path.
    private static func pages() throws -> [String: MarkdownPage] {
        let top = try FileManager.default.contentsOfDirectory(atPath: Repository.root.path)
            .filter { !$0.hasPrefix(".") && $0.hasSuffix(".md") }
        let below = try ["Sources", "Tests", "loadtests", "ops"].flatMap(Repository.paths)
            .filter { $0.hasSuffix(".md") }
        return Dictionary(
            uniqueKeysWithValues: try (top + below).map { path in
                (path, MarkdownPage(path: path, text: try Repository.text(of: path)))
            })
    }
}
