import Bytes
import Foundation
import Logging
internal import Time

/// The format of a log line.
enum LogFormat: String, CaseIterable, Sendable {
    /// For people: `2026-11-20T12:00:00.000Z info  listening  admin_listen=127.0.0.1:8081 …`.
    case text
    /// One JSON object: `time`, `level`, `message`, then the message's metadata.
    case json

    static var levels: [String] { Logger.Level.allCases.map(\.rawValue) }

    /// One line with its line feed. No message or metadata can begin another line.
    func line(
        at time: Timestamp, _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata
    ) -> String {
        let sorted = metadata.sorted { $0.key < $1.key }
        switch self {
        case .text:
            var line = time.rfc3339 + " " + level.rawValue
            line += String(repeating: " ", count: max(9 - level.rawValue.count, 1))
            line += printable(message)
            for (key, value) in sorted {
                line += "  \(printable(key))=\(printable("\(value)"))"
            }
            return line + "\n"
        case .json:
            var line = "{\"time\":\"\(time.rfc3339)\",\"level\":\"\(level.rawValue)\",\"message\":"
            line += quotedForJSON(message)
            for (key, value) in sorted {
                let isTaken = ["time", "level", "message"].contains(key)
                line += "," + quotedForJSON(isTaken ? "metadata." + key : key) + ":" + json(value)
            }
            return line + "}\n"
        }
    }

    private func json(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): return quotedForJSON(text)
        case .stringConvertible(let number as Int): return String(number)
        case .stringConvertible(let value as Bool): return String(value)
        case .stringConvertible(let value): return quotedForJSON(value.description)
        case .array(let values): return "[" + values.map(json).joined(separator: ",") + "]"
        case .dictionary(let members):
            let inside = members.sorted { $0.key < $1.key }
                .map { quotedForJSON($0.key) + ":" + json($0.value) }
            return "{" + inside.joined(separator: ",") + "}"
        }
    }
}
