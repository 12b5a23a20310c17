import Wire

/// Where a JSON value that was handed out differs from the one that the journal gives.
struct JSONDifference {
    /// A JSON Pointer (RFC 6901) without its escapes.
    let path: String
    let given: JSONValue?
    let expected: JSONValue?

    /// The first one; `nil` if there is none.
    init?(of given: JSONValue?, from expected: JSONValue?) {
        self.init(given, expected, at: "")
    }

    private init?(_ given: JSONValue?, _ expected: JSONValue?, at path: String) {
        if given == expected { return nil }
        if let inside = Self.inside(given, expected, at: path) {
            self = inside
            return
        }
        self.path = path
        self.given = given
        self.expected = expected
    }

    private static func inside(
        _ given: JSONValue?, _ expected: JSONValue?, at path: String
    ) -> JSONDifference? {
        switch (given, expected) {
        case (.object(let given)?, .object(let expected)?):
            for name in Set(given.keys).union(expected.keys).sorted() {
                let found = JSONDifference(given[name], expected[name], at: "\(path)/\(name)")
                if let found { return found }
            }
        case (.array(let given)?, .array(let expected)?):
            for index in 0..<max(given.count, expected.count) {
                let found = JSONDifference(
                    index < given.count ? given[index] : nil,
                    index < expected.count ? expected[index] : nil, at: "\(path)/\(index)")
                if let found { return found }
            }
        default: break
        }
        return nil
    }

    var sentence: String {
        func text(_ value: JSONValue?) -> String {
            guard let value else { return "(nothing)" }
            let text = printable(String(decoding: value.bytes, as: UTF8.self))
            return text.count > 200 ? text.prefix(200) + "…" : text
        }
        return
            "altered at \(printable(path)): it has \(text(given)), the journal gives "
            + text(expected)
    }
}
