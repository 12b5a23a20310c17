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
