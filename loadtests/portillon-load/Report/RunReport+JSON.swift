import Foundation

/// `report.json`: keys in snake_case and sorted, laid out for people, numbers as they are.
extension RunReport {
    /// The shape that this program writes and reads.
    static let knownFormat = 1

    /// The text of the file, with `passed` beside the model's own keys.
    /// - Throws: an `EncodingError` where a figure is no number: JSON has none of those.
    func json() throws -> Data {
        let encoder = JSONEncoder()
        // Keys of dictionaries are names from outside, and the strategy leaves them as they are.
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(Written(report: self)) + Data("\n".utf8)
    }

    /// - Throws: ``ReportError``, which names what is wrong.
    init(json: Data) throws(ReportError) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            // The format is looked at first: another one lacks keys, and that is not its fault.
            let format = try decoder.decode(Head.self, from: json).format
            guard format == Self.knownFormat else { throw ReportError.format(format) }
            self = try decoder.decode(RunReport.self, from: json)
        } catch let error as ReportError {
            throw error
        } catch let error as DecodingError {
            throw ReportError(error)
        } catch {
            throw ReportError.notJSON
        }
    }

    private struct Head: Decodable {
        var format: Int
    }

    private struct Written: Encodable {
        let report: RunReport

        func encode(to encoder: any Encoder) throws {
            try report.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(report.isPassed, forKey: .passed)
        }

        enum Key: String, CodingKey {
            case passed
        }
    }
}

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
