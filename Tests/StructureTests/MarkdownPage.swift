import Foundation

/// A Markdown page: the links and headings outside of its code.
struct MarkdownPage {
    struct Link: Equatable {
        /// As the page spells it: a path, `#anchor`, or both.
        let target: String
        let line: Int
    }

    /// Relative to the repository's root.
    let path: String
    private(set) var links: [Link] = []
    /// The names by which links reach its headings.
    private(set) var anchors: Set<String> = []

    init(path: String, text: String) {
        self.path = path
        var isCode = false
        var counts: [String: Int] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.trimmingPrefix(while: { $0 == " " }).hasPrefix("```") {
                isCode.toggle()
                continue
            }
            if isCode { continue }
            if let heading = line.wholeMatch(of: /#{1,6} +(.+)/)?.output.1 {
                let name = Self.anchor(of: heading)
                let earlier = counts[name, default: 0]
                counts[name] = earlier + 1
                anchors.insert(earlier == 0 ? name : "\(name)-\(earlier)")
            }
            let prose = line.replacing(/`[^`]*`/, with: "")
            for match in prose.matches(of: /\]\(([^()\s]+)\)/) {
                links.append(Link(target: String(match.output.1), line: index + 1))
            }
        }
    }

    /// The name that GitHub gives a heading: lower case, hyphens for spaces, no punctuation.
    static func anchor(of heading: Substring) -> String {
        let text = heading.replacing(/\[([^\]]*)\]\([^)]*\)/) { String($0.output.1) }
        let kept = text.lowercased().map { $0 == " " ? "-" : $0 }.filter { character in
            character.isLetter || character.isNumber || character == "-" || character == "_"
        }
        return String(kept)
    }

    /// The links that lead nowhere, one line each.
    /// - Parameters:
    ///   - pages: all pages, by path.
    ///   - exists: whether a file or folder is at a path.
    func brokenLinks(among pages: [String: MarkdownPage], exists: (String) -> Bool) -> [String] {
        links.compactMap { link in
            if link.target.contains(/^[a-z][a-z0-9+.\-]*:/) { return nil }
            let parts = link.target.split(
                separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let file = resolve(String(parts[0]))
            guard exists(file) else { return "\(path):\(link.line): there is no \(file)" }
            guard parts.count > 1, let page = pages[file] else { return nil }
            let anchor = String(parts[1])
            return page.anchors.contains(anchor)
                ? nil : "\(path):\(link.line): \(file) has no heading #\(anchor)"
        }
    }

    /// A target's path from the repository's root.
    private func resolve(_ target: String) -> String {
        if target.isEmpty { return path }
        var parts = path.split(separator: "/").dropLast().map(String.init)
        for part in target.split(separator: "/") where part != "." {
            if part == "..", !parts.isEmpty { parts.removeLast() } else { parts.append("\(part)") }
        }
        return parts.joined(separator: "/")
    }
}
