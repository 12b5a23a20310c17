/// Lists of texts under names: the part of YAML that lists of `User-Agent`s are written in.
///
///     Name:
///       - a text as it is
///       - "a text with \"escapes\""
///       - 'a text with ''quotes'''
enum NamedLists {
    struct Failure: Error, Equatable {
        let line: Int
        let what: String
    }

    static func read(_ text: String) throws(Failure) -> [(name: String, text: String)] {
        var found: [(name: String, text: String)] = []
        var name = ""
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let content = line.drop { $0 == " " }
            if content.isEmpty || content.hasPrefix("#") { continue }
            if content.hasPrefix("- ") {
                let value = content.dropFirst(2).drop { $0 == " " }
                found.append((name, try scalar(value, line: index + 1)))
            } else if content.hasSuffix(":"), content.count == line.count {
                name = try scalar(content.dropLast(), line: index + 1)
            } else {
                throw Failure(line: index + 1, what: "must be `name:` or `  - text`")
            }
        }
        return found
    }

    private static func scalar(_ text: Substring, line: Int) throws(Failure) -> String {
        guard let quote = text.first, quote == "\"" || quote == "'" else { return String(text) }
        guard text.count >= 2, text.last == quote else {
            throw Failure(line: line, what: "a quoted text must end on its line")
        }
        let inner = text.dropFirst().dropLast()
        if quote == "'" { return String(inner.replacing("''", with: "'")) }
        var plain = ""
        var isEscaped = false
        for character in inner {
            if isEscaped || character != "\\" {
                guard !isEscaped || character == "\"" || character == "\\" else {
                    throw Failure(line: line, what: "only \\\" and \\\\ are known escapes")
                }
                plain.append(character)
                isEscaped = false
            } else {
                isEscaped = true
            }
        }
        return plain
    }
}
