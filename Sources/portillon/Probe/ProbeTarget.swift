import AdminClient
import Files
import Foundation
import Wire

/// What a probe's entries need: the operation, a front-end key of it, and a permit.
struct ProbeTarget: Equatable {
    var operation: String
    var key: String
    var permit: String
    /// When the permit ends; as it is shown.
    var ends: String?

    private static var maximumBytes: Int { 64 << 10 }

    /// Reads what `portillon probe setup` wrote.
    init(file path: String) throws(CommandFailure) {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try WholeFile.read(path, atMost: Self.maximumBytes)
        } catch {
            throw CommandFailure(.configuration, "\(path): cannot read it (\(error.reason))")
        }
        // No JSON has no operation either.
        let json = try? JSONValue(bytes)
        guard let operation = json?["operation"]?.string, let key = json?["key"]?.string,
            let permit = json?["permit"]?.string
        else {
            throw CommandFailure(
                .configuration, "\(path) is not a file that \"portillon probe setup\" wrote")
        }
        self.init(
            operation: operation, key: key, permit: permit, ends: json?["permit_ends"]?.string)
    }

    init(operation: String, key: String, permit: String, ends: String? = nil) {
        self.operation = operation
        self.key = key
        self.permit = permit
        self.ends = ends
    }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "operation": .string(operation), "key": .string(key), "permit": .string(permit),
        ]
        members["permit_ends"] = ends.map(JSONValue.string)
        return .object(members)
    }

    /// One marked entry: always the same participant, so that no table grows with the attempts.
    var request: HTTPRequest {
        var request = HTTPRequest("POST", ["v1", "operations", operation, "entries"])
        request.fields = [
            ("Authorization", "Bearer \(key)"), ("Portillon-Permit", permit),
            ("Content-Type", "application/json"), ("User-Agent", "portillon-probe"),
        ]
        request.body = Array(#"{"participant":"portillon-probe"}"#.utf8)
        return request
    }
}
