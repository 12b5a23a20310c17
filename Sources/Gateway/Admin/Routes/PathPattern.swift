/// A path with named parameters: `/v1/operations/{operation}/keys`.
///
/// A parameter stands for one whole segment that is not empty. Whether a segment is literal depends
/// on its place alone: an operation may be named like any word of a pattern.
struct PathPattern: Sendable, Equatable {
    let text: String
    private let segments: [Segment]

    private enum Segment: Sendable, Equatable {
        case literal(String)
        case parameter(String)
    }

    /// - Parameter text: begins with a slash; parameters are in braces.
    init(_ text: String) {
        self.text = text
        segments = Self.split(text).map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .parameter(String(segment.dropFirst().dropLast())) : .literal(String(segment))
        }
    }

    /// The parameters' names, in order.
    var parameters: [String] {
        segments.compactMap { segment in
            if case .parameter(let name) = segment { name } else { nil }
        }
    }

    /// The parameters' values; nil where the path is another one.
    /// - Parameter path: as it was sent, without the query.
    func match(_ path: [Substring]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (segment, text) in zip(segments, path) {
            switch segment {
            case .literal(let literal): guard text == literal else { return nil }
            case .parameter(let name):
                guard !text.isEmpty else { return nil }
                values[name] = String(text)
            }
        }
        return values
    }

    /// A path's segments; the first slash begins the first one.
    static func split(_ path: String) -> [Substring] {
        Array(path.split(separator: "/", omittingEmptySubsequences: false).dropFirst())
    }
}
