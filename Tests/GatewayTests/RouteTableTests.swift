import Bytes
import Foundation
import Ledger
import Testing

@testable import Gateway

@Suite("One table has the routes of a listener")
struct RouteTableTests {
    /// A path of a route, with this for each parameter.
    private func path(_ pattern: PathPattern, _ value: String) -> String {
        pattern.parameters.reduce(pattern.text) {
            $0.replacingOccurrences(of: "{\($1)}", with: value)
        }
    }

    private func patterns(of path: String) -> Set<String> {
        let segments = PathPattern.split(path)
        return Set(
            AdminRouteTable.routes.map(\.pattern).filter { $0.match(segments) != nil }
                .map(\.text))
    }

    @Test("a method and a pattern have one route")
    func unique() {
        let names = AdminRouteTable.routes.map { "\($0.method) \($0.pattern.text)" }
        #expect(Set(names).count == names.count)
        let publicNames = PublicRouteTable.routes.map { "\($0.method) \($0.pattern.text)" }
        #expect(Set(publicNames).count == publicNames.count)
    }

    /// What is named like a word of a pattern is still what its place says: matching by words made
    /// everything about an operation named `reset` a report, which is shed first.
    @Test("an operation, a client or a key may be named like any word of any pattern")
    func namedLikeWords() {
        let words = Set(
            AdminRouteTable.routes.flatMap { PathPattern.split($0.pattern.text) }.map(String.init)
                .filter { !$0.hasPrefix("{") })
        #expect(words.isSuperset(of: ["reset", "evidence", "keys", "operations", "v1"]))
        for route in AdminRouteTable.routes {
            for word in words {
                let found = patterns(of: path(route.pattern, word))
                #expect(found == [route.pattern.text], "\(route.pattern.text) with \(word)")
            }
        }
    }

    @Test("only what makes reports is shed as a report")
    func reports() {
        let reports = AdminRouteTable.routes.filter { $0.shedding == .reports }
            .map { "\($0.method) \($0.pattern.text)" }
        #expect(
            Set(reports) == [
                "GET /v1/operations/{operation}/evidence",
                "GET /v1/operations/{operation}/export",
                "DELETE /v1/operations/{operation}", "POST /v1/operations/{operation}/reset",
                "POST /v1/permits/{permit_id}/purge",
            ])
        for route in AdminRouteTable.routes where route.method != "GET" {
            #expect(route.shedding != .statistics, "\(route.pattern.text): how operators help")
        }
    }

    @Test("the loops match the paths of the public table, and label them as it says")
    func publicTargets() {
        for route in PublicRouteTable.routes {
            let path = path(route.pattern, "ete-2026")
            path.withBytes { bytes in
                let isMatched =
                    switch PublicTarget(path: ByteRange(0..<bytes.byteCount), in: bytes) {
                    case .entries: [.entries, .entriesPreflight].contains(route.label)
                    case .operation: route.label == .operation
                    case .challenge: route.label == .challenge
                    case .health: route.label == .health
                    case .readiness: route.label == .readiness
                    case .document: route.label == .openAPI
                    case .status: route.label == .statusPage
                    case .anything, .unknown: false
                    }
                #expect(isMatched, "\(route.method) \(route.pattern.text)")
            }
        }
    }

    @Test("an empty segment is no parameter, a longer path is another one")
    func segments() {
        let pattern = PathPattern("/v1/operations/{operation}")
        #expect(pattern.match(PathPattern.split("/v1/operations/")) == nil)
        #expect(pattern.match(PathPattern.split("/v1/operations/a/")) == nil)
        #expect(pattern.match(PathPattern.split("/v1/operations/a"))?["operation"] == "a")
    }

    @Test("ARCHITECTURE.md has the table of routes")
    func documented() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "ARCHITECTURE.md"), encoding: .utf8)
        for line in RouteTableTests.documentation {
            #expect(text.contains(line + "\n"), "ARCHITECTURE.md, Routes: \(line)")
        }
        let rows = text.split(separator: "\n").filter {
            $0.hasPrefix("| public |") || $0.hasPrefix("| admin |") || $0.hasPrefix("| both |")
        }
        #expect(rows.count == RouteTableTests.documentation.count)
    }

    /// The lines of ARCHITECTURE's table.
    private static var documentation: [String] {
        let front = PublicRouteTable.routes.map { route in
            "| \(route.isOfBoth ? "both" : "public") | `\(route.method) \(route.pattern.text)` | "
                + (route.needsKey ? "front-end key" : "anyone")
                + " | \(route.summary) |"
        }
        let admin = AdminRouteTable.routes.map { route in
            "| admin | `\(route.method) \(route.pattern.text)` | "
                + "\(holders(route.permission)) | \(route.summary) |"
        }
        return front + admin
    }

    private static func holders(_ permission: AdminRoute.Permission) -> String {
        Author.Role.allCases.filter { permission.roles.contains($0) }.map(\.rawValue)
            .joined(separator: ", ")
    }
}
