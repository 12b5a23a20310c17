import Bytes
import Files
import Robots
import Wire

/// A file of requests whose senders are known. By its name:
///
/// - `.yml`, `.yaml`: lists of `User-Agent`s under names, `name:` and `  - text` below it;
/// - `.json`: an array of `User-Agent`s;
/// - `.jsonl`: a request on each line, `{"label": "person" or "robot", "headers": [[name, value],
///   …]}`, with `name`, `method` (POST), `http` (1.1), `transport` (tls1.3), its handshake's `ja4`.
enum LabelledFile {
    /// Bytes of one file, and of its head where it is a request's.
    static let maximumBytes = 64 << 20
    static let maximumHeadBytes = 60_000

    /// - Parameter isRobot: what those are that have no label of their own.
    /// - Throws: ``CommandFailure`` 78 that names the path and what is wrong.
    static func read(_ path: String, isRobot: Bool?) throws(CommandFailure) -> [LabelledHead] {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try WholeFile.read(path, atMost: maximumBytes)
        } catch {
            throw CommandFailure(.configuration, "\(path): cannot read it (\(error.reason))")
        }
        if path.hasSuffix(".jsonl") { return try requests(bytes, path) }
        guard let isRobot else {
            throw CommandFailure(
                .configuration,
                "\(path): has no labels of its own; give it with --people or --robots")
        }
        let agents: [(name: String, text: String)]
        if path.hasSuffix(".json") {
            agents = try array(bytes, path)
        } else {
            do throws(NamedLists.Failure) {
                agents = try NamedLists.read(String(decoding: bytes, as: UTF8.self))
            } catch {
                throw CommandFailure(.configuration, "\(path): line \(error.line): \(error.what)")
            }
        }
        return agents.map { LabelledHead(userAgent: $0.text, isRobot: isRobot, name: $0.name) }
    }

    private static func array(
        _ bytes: [UInt8], _ path: String
    ) throws(CommandFailure) -> [(name: String, text: String)] {
        let value = try json(bytes, path)
        var agents: [(name: String, text: String)] = []
        for (index, element) in value.elements.enumerated() {
            guard let text = element.string, text.utf8.count <= maximumHeadBytes else {
                throw CommandFailure(.configuration, "\(path): /\(index): must be a text")
            }
            agents.append(("", text))
        }
        guard !agents.isEmpty else {
            throw CommandFailure(.configuration, "\(path): must be an array of texts")
        }
        return agents
    }

    private static func json(
        _ bytes: [UInt8], _ place: String
    ) throws(CommandFailure) -> JSONValue {
        do throws(JSONReadingError) {
            return try JSONValue(bytes)
        } catch {
            throw CommandFailure(.configuration, "\(place): \(error)")
        }
    }

    // MARK: Whole requests

    private static func requests(
        _ bytes: [UInt8], _ path: String
    ) throws(CommandFailure) -> [LabelledHead] {
        var heads: [LabelledHead] = []
        for (index, line) in bytes.split(separator: 0x0A).enumerated() {
            let place = "\(path): line \(index + 1)"
            heads.append(try request(try json(Array(line), place), place))
        }
        return heads
    }

    private static func request(
        _ value: JSONValue, _ place: String
    ) throws(CommandFailure) -> LabelledHead {
        let label = value["label"]?.string
        guard label == "person" || label == "robot" else {
            throw CommandFailure(.configuration, "\(place): label must be person or robot")
        }
        let name = value["transport"]?.string ?? "tls1.3"
        guard let transport = RobotTransport.named.first(where: { $0.name == name }) else {
            let known = RobotTransport.named.map(\.name).joined(separator: ", ")
            throw CommandFailure(.configuration, "\(place): transport must be one of \(known)")
        }
        let ja4 = value["ja4"]?.string
        if let ja4, !HandshakeMark.isJA4(ja4) {
            throw CommandFailure(.configuration, "\(place): ja4 must be a JA4 of TLS")
        }
        var headers: [(name: String, value: String)] = []
        var byteCount = 0
        for element in value["headers"]?.elements ?? [] {
            let pair = element.elements.compactMap(\.string)
            guard pair.count == 2, element.elements.count == 2 else {
                throw CommandFailure(
                    .configuration, "\(place): headers must be an array of [name, value]")
            }
            headers.append((pair[0], pair[1]))
            byteCount += pair[0].utf8.count + pair[1].utf8.count + 4
        }
        guard byteCount <= maximumHeadBytes else {
            throw CommandFailure(
                .configuration, "\(place): headers must have at most \(maximumHeadBytes) bytes")
        }
        return LabelledHead(
            headers: headers, isRobot: label == "robot", name: value["name"]?.string ?? "",
            method: value["method"]?.string ?? "POST", isHTTP10: value["http"]?.string == "1.0",
            transport: transport.transport, ja4: ja4)
    }
}
