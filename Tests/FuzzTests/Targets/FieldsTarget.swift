import Bytes

@testable import Gateway

/// `Authorization`, `Content-Type` and the target's path, beside the plainest reading of each.
enum FieldsTarget {
    @Sendable static func run(_ input: [UInt8]) throws {
        try checkBearer(input)
        try checkMediaType(input)
        try checkTarget(input)
    }

    private static func checkBearer(_ input: [UInt8]) throws {
        let range = input.withBytes { Bearer.credential(in: $0) }
        let isBearer = lowercased(Array(input.prefix(7))) == Array("bearer ".utf8)
        let credential = isBearer ? input[7...].drop { $0 == 0x20 } : []
        try require(
            range.map { Array(input[$0]) } == (credential.isEmpty ? nil : Array(credential)),
            "another credential")
    }

    private static func checkMediaType(_ input: [UInt8]) throws {
        let type = input.prefix { $0 != 0x3B }
        let trimmed = type.reversed().drop { $0 == 0x20 || $0 == 9 }.reversed()
        try require(
            input.withBytes { MediaType.isJSON($0) }
                == (lowercased(Array(trimmed)) == Array("application/json".utf8)),
            "another media type")
    }

    private static func checkTarget(_ input: [UInt8]) throws {
        let text = String(decoding: input, as: UTF8.self)
        let parts = input.split(separator: 0x2F, omittingEmptySubsequences: false).map(Array.init)
        let isOperation =
            parts.count >= 4 && parts[0].isEmpty && parts[1] == Array("v1".utf8)
            && parts[2] == Array("operations".utf8)
        let whole = ByteRange(0..<input.count)
        let holds =
            switch input.withBytes({ PublicTarget(path: whole, in: $0) }) {
            case .health: text == "/healthz"
            case .readiness: text == "/readyz"
            case .document: text == "/openapi.json"
            case .status(let form): text == "\(form.path)"
            case .anything: text == "*"
            case .operation(let name):
                isOperation && parts.count == 4 && Array(input[name.range]) == parts[3]
            case .entries(let name):
                isOperation && parts.count == 5 && parts[4] == Array("entries".utf8)
                    && Array(input[name.range]) == parts[3]
            case .challenge(let name):
                isOperation && parts.count == 5 && parts[4] == Array("challenge".utf8)
                    && Array(input[name.range]) == parts[3]
            case .unknown:
                !["/healthz", "/readyz", "/openapi.json", "*"].contains(text)
                    && !["/status", "/status.json", "/status.ics"].contains(text)
                    && !(isOperation && parts.count == 4 && !parts[3].isEmpty)
            }
        try require(holds, "another target")
    }
}
