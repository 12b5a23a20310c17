import Foundation

/// Why a file is no report.
enum ReportError: Error, Equatable {
    case notJSON
    /// A report of another shape, by its number.
    case format(Int)
    /// JSON, but not a report: where, and what is wrong there.
    case content(place: String, String)

    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self = .content(place: Self.place(context.codingPath + [key]), "is missing")
        case .valueNotFound(_, let context):
            self = .content(place: Self.place(context.codingPath), "is null")
        case .typeMismatch(let type, let context):
            self = .content(place: Self.place(context.codingPath), "is not \(Self.word(type))")
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            self = .content(place: Self.place(context.codingPath), "cannot be used")
        case .dataCorrupted: self = .notJSON
        @unknown default: self = .notJSON
        }
    }

    var explanation: String {
        switch self {
        case .notJSON: "it is not JSON"
        case .format(let number):
            "its format is \(number), and this program reads format \(RunReport.knownFormat)"
        case .content(let place, let problem): "\(place) \(problem)"
        }
    }

    /// `streams[0].totals.duplicate_numbers`, as the file spells it.
    private static func place(_ path: [any CodingKey]) -> String {
        var text = ""
        for key in path {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + snakeCase(key.stringValue)
            }
        }
        return text.isEmpty ? "the whole" : text
    }

    private static func snakeCase(_ name: String) -> String {
        name.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
    }

    private static func word(_ type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is Int.Type: "a whole number"
        case is Double.Type: "a number"
        case is [Any].Type: "a list"
        default: "an object"
        }
    }
}
