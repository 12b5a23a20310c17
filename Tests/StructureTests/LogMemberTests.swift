import Testing

@Suite("A member of the log's lines has one type: who reads the JSON compares and adds numbers")
struct LogMemberTests {
    @Test("what is a number in one line, or by its name, is interpolated in none")
    func numbersAreNumbers() throws {
        let files = try Repository.swiftFiles(below: "Sources")
            .filter { $0.lines.contains { $0.hasSuffix("import Logging") } }
        #expect(!files.isEmpty)
        for found in interpolatedNumbers(in: files) { Issue.record(Comment(rawValue: found)) }
    }

    @Test("the rule finds an offender, and leaves texts alone")
    func ruleFindsOffenders() {
        let text = #"""
            log(["term": .stringConvertible(term), "bytes": "\(bytes)", "node": "\(node)"])
            metadata["term"] = "\(term)"
            metadata["until"] = "\(until)"
            // "term": "\(term)"
            """#
        #expect(
            interpolatedNumbers(in: [SourceFile(path: "F.swift", text: text)]) == [
                #"F.swift:1: "bytes" is a number: .stringConvertible(…)"#,
                #"F.swift:2: "term" is a number: .stringConvertible(…)"#,
            ])
    }

    /// A member's name, and what its value begins with.
    private static var member: Regex<(Substring, Substring, Substring)> {
        /"([a-z_]+)"\]?(?::| =) (\.stringConvertible\(|"\\\()/
    }

    /// Members whose value is a text in one place, and which are numbers in another one or by the
    /// unit in their name. The source does not say a value's type: a number of another name, in one
    /// place only, is not found.
    private func interpolatedNumbers(in files: [SourceFile]) -> [String] {
        var numbers: Set<Substring> = []
        var texts: [(name: Substring, place: String)] = []
        for file in files {
            for (index, line) in file.lines.enumerated() where line.holds("\"") {
                guard !line.drop(while: \.isWhitespace).hasPrefix("//") else { continue }
                for found in line.matches(of: Self.member) {
                    if found.2.hasPrefix(".") {
                        numbers.insert(found.1)
                    } else {
                        texts.append((found.1, "\(file.path):\(index + 1)"))
                    }
                }
            }
        }
        return texts.filter { numbers.contains($0.name) || hasUnit($0.name) }
            .map { #"\#($0.place): "\#($0.name)" is a number: .stringConvertible(…)"# }
    }

    private func hasUnit(_ name: Substring) -> Bool {
        let units = ["bytes", "seconds", "milliseconds", "ms", "days", "count"]
        return name.split(separator: "_").last.map { units.contains(String($0)) } ?? false
    }
}
