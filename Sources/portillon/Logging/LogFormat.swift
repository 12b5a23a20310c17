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
                line += "  \(printable(key))=\(printable(text(value)))"
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

    /// A number or a truth value stands as such: a reader of the log compares and adds them.
    private func scalar(_ value: any CustomStringConvertible) -> String {
        switch value {
        case let flag as Bool: String(flag)
        case let number as any BinaryInteger: number.description
        case let number as Double where number.isFinite: number.description
        default: quotedForJSON(value.description)
        }
    }

    /// As people read them: `count=3 origin=https://a.example; count=1 origin=…`.
    private func text(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .array(let values): values.map(text).joined(separator: "; ")
        case .dictionary(let members):
            members.sorted { $0.key < $1.key }.map { "\($0.key)=\(text($0.value))" }
                .joined(separator: " ")
        case .string, .stringConvertible: "\(value)"
        }
    }

    private func json(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): return quotedForJSON(text)
        case .stringConvertible(let value): return scalar(value)
        case .array(let values): return "[" + values.map(json).joined(separator: ",") + "]"
        case .dictionary(let members):
            let inside = members.sorted { $0.key < $1.key }
                .map { quotedForJSON($0.key) + ":" + json($0.value) }
            return "{" + inside.joined(separator: ",") + "}"
        }
    }
}
