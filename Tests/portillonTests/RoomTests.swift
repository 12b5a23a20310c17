import Evidence
import Foundation
import Gateway
import Testing

@testable import portillon

@Suite("The pages of the admin listener are what stands in ops/room")
struct RoomTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "ops/room")

    /// The paths of the pages themselves.
    private static let pages = ["index.html": "/", "notice.html": "/notice"]

    /// The files that a browser gets: what stands beside them is for whoever works on them.
    private func served() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { name in
            [".html", ".css", ".svg", ".js"].contains { name.hasSuffix($0) }
        }.sorted()
    }

    @Test("every file is served, with its bytes, and no other")
    func files() throws {
        let files = Room.files
        let paths = try served().map { Self.pages[$0] ?? "/room/" + $0 }
        #expect(files.map(\.path).sorted() == paths.sorted())
        for file in files {
            let page = Self.pages.first { $0.value == file.path }?.key
            let name = page ?? file.path.replacingOccurrences(of: "/room/", with: "")
            let own = try Data(contentsOf: Self.folder.appending(path: name))
            #expect(file.body == [UInt8](own), "\(file.path)")
        }
    }

    @Test("what the files name is served, and nothing comes from elsewhere")
    func references() throws {
        let paths = Set(Room.files.map(\.path))
        for name in try served() {
            let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
            for match in text.matches(of: /(?:src|href)="(\/[^"]*)"/) {
                #expect(paths.contains(String(match.1)), "\(name): \(match.1)")
            }
            for match in text.matches(of: /from '\.\/([^']+)'/) {
                #expect(paths.contains("/room/" + match.1), "\(name): \(match.1)")
            }
            let foreign = text.matches(of: /https?:\/\/[^\s'"]+/).map(\.0)
                .filter { $0 != "http://www.w3.org/2000/svg" }
            #expect(foreign.isEmpty, "\(name): \(foreign)")
            // The page's policy permits none of these.
            for word in ["innerHTML", "eval(", "style=", "localStorage", "sessionStorage"] {
                #expect(!text.contains(word), "\(name): \(word)")
            }
        }
    }

    @Test("it has a title in both languages for the incidents of each rule")
    func rules() throws {
        let file = Self.folder.appending(path: "words.js")
        let words = try String(contentsOf: file, encoding: .utf8)
        for rule in IncidentRule.allCases {
            #expect(words.components(separatedBy: "'\(rule.rawValue)': ").count == 3, "\(rule)")
        }
    }

    @Test("the page for notices is the listener's own, and asks what a client may")
    func notice() throws {
        let page = try #require(Room.files.first { $0.path == "/notice" })
        #expect(page.users == .ownPages && page.kind == .page)
        #expect(page.compressed != nil)
        let script = try #require(Room.files.first { $0.path == "/room/notice.js" })
        let text = String(decoding: script.body, as: UTF8.self)
        for path in ["/v1/operations", "campaign-check", "campaigns"] {
            #expect(text.contains(path))
        }
    }

    @Test("all of it is at most 150 KiB, compressed")
    func size() {
        let total = Room.files.reduce(0) { $0 + ($1.compressed ?? $1.body).count }
        #expect(total <= 150 << 10, "\(total) bytes")
    }
}
