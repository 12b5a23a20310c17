import Foundation
import Logging
import Sockets
import Testing
import Time

@testable import Gateway

/// A gateway in this process, on a folder of its own and ports that the kernel chose.
final class TestGateway {
    let folder: TestFolder
    let gateway: Gateway
    let port: UInt16
    let adminPort: UInt16
    private let token: String
    private var isDrained = false

    /// Limits small enough for many gateways beside each other.
    static var limits: Limits {
        var limits = Limits()
        limits.connections = 256
        limits.journalSegmentBytes = 4 << 20
        limits.journalBatchBytes = 256 << 10
        limits.gatherMicroseconds = 0
        // A test's entries come as a program's do.
        limits.behaviourBytes = 0
        // What is slow here is the machine, on which a thread may not run for seconds: no time is
        // over because a test, or a thread of the gateway, stood still.
        limits.headSeconds = 300
        limits.bodySeconds = 300
        limits.writeSeconds = 300
        limits.unauthenticatedSeconds = 300
        limits.answerSeconds = 30
        limits.drainSeconds = 60
        return limits
    }

    static let silent = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

    init(
        folder: TestFolder? = nil, workers: Int = 1, proxies: TrustedProxies = TrustedProxies(),
        passed: PassedSockets = PassedSockets(), authorities: String? = nil, tls: TLSFiles? = nil,
        clock: any MachineClock = SystemClock(),
        adminNames: AdminNames = AdminNames(), room: [PublicFile] = [],
        hasStatusPage: Bool = false,
        _ change: (inout Limits) -> Void = { _ in }
    ) throws {
        let folder = try folder ?? TestFolder()
        var limits = Self.limits
        change(&limits)
        self.folder = folder
        var configuration = Gateway.Configuration(
            listen: "127.0.0.1:0", adminListen: "127.0.0.1:0", data: folder.path,
            workers: workers, limits: limits, proxies: proxies)
        configuration.passed = passed
        configuration.webhookAuthorities = authorities
        configuration.tls = tls
        configuration.clock = clock
        configuration.adminNames = adminNames
        configuration.room = room
        configuration.hasStatusPage = hasStatusPage
        gateway = try Gateway(configuration, logger: Self.silent)
        port = try Self.port(of: try #require(gateway.address))
        adminPort = try Self.port(of: gateway.adminAddress)
        token = try String(contentsOfFile: folder.path + "/admin.token", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    deinit { drain() }

    private static func port(of address: String) throws -> UInt16 {
        try #require(address.split(separator: ":").last.flatMap { UInt16($0) })
    }

    func drain() {
        if isDrained { return }
        isDrained = true
        gateway.drain()
    }

    /// Drains beside the test, which goes on.
    /// - Returns: signalled when all is done.
    func drainAside() -> DispatchSemaphore {
        isDrained = true
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread { [gateway] in
            gateway.drain()
            done.signal()
        }
        return done
    }

    // MARK: The admin listener

    func admin(_ method: String, _ path: String, _ body: String = "") throws -> Answer {
        try WireClient(port: adminPort).exchange(adminRequest(method, path, body))
    }

    func adminRequest(_ method: String, _ path: String, _ body: String = "") -> String {
        """
        \(method) \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r
        Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
        """
    }

    /// Makes an operation that takes entries.
    func open(_ name: String, _ settings: String = "\"rule\":\"once\"") throws -> TestOperation {
        let client = try admin("PUT", "/v1/clients/acme", #"{"name":"Acme"}"#)
        try #require([200, 201].contains(client.status), "\(client)")
        let put = try admin(
            "PUT", "/v1/operations/\(name)", "{\"client\":\"acme\",\"title\":\"T\",\(settings)}")
        try #require(put.status == 201, "\(put)")
        let key = try admin("POST", "/v1/operations/\(name)/keys", "{}")
        let secret = try #require(key.object["key"] as? String, "\(key)")
        let opened = try admin("POST", "/v1/operations/\(name)/open", "{}")
        try #require(opened.status == 200, "\(opened)")
        return TestOperation(name: name, key: secret)
    }

    /// What the admin listener counts for an operation.
    func counts(of operation: TestOperation) throws -> [String: Int] {
        let answer = try admin("GET", "/v1/operations/\(operation.name)")
        try #require(answer.status == 200, "\(answer)")
        var counts = (answer.object["verdicts"] as? [String: Int]) ?? [:]
        for name in ["entries", "participants", "robot_entries", "test_entries"] {
            counts[name] = answer.object[name] as? Int
        }
        return counts
    }

    /// The sum of a metric's samples; with labels, of those that have all of these.
    func metric(_ name: String, _ labels: String...) throws -> Double {
        let answer = try admin("GET", "/metrics")
        try #require(answer.status == 200, "\(answer)")
        let samples = answer.text.split(separator: "\n").filter { line in
            (line.hasPrefix(name + "{") || line.hasPrefix(name + " "))
                && labels.allSatisfy { line.contains($0) }
        }
        try #require(!samples.isEmpty, "there is no \(name) \(labels)")
        return samples.reduce(0) { $0 + (Double($1.split(separator: " ").last ?? "") ?? .nan) }
    }

    // MARK: The public listener

    /// Sends all but the last four bytes of a request, and these when the others have been read.
    func exchangeInParts(_ request: String) throws -> Answer {
        let client = try connect()
        try client.send(String(request.dropLast(4)))
        // What was sent has been read when another connection is answered.
        let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(try connect().exchange(health).status == 200)
        try client.send(String(request.suffix(4)))
        return try client.receive()
    }

    func connect(receiveBufferBytes: Int32? = nil) throws -> WireClient {
        try WireClient(port: port, receiveBufferBytes: receiveBufferBytes)
    }

    /// Whether it still answers.
    var isWell: Bool {
        get throws {
            try connect().exchange("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").status == 200
        }
    }
}

/// An operation and a key for it.
struct TestOperation: Sendable {
    var name: String
    var key: String

    func entry(_ participant: String, members: String = "", fields: String = "") -> String {
        let rest = members.isEmpty ? "" : "," + members
        return request("{\"participant\":\"\(participant)\"\(rest)}", fields: fields)
    }

    /// - Parameter fields: header lines, each with its end.
    func request(_ body: String, fields: String = "") -> String {
        """
        POST /v1/operations/\(name)/entries HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(key)\r
        Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)
        """
    }
}

/// A folder of a test's own, gone with its owner.
final class TestFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "portillon-gateway-\(UUID().uuidString.lowercased())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        // A folder that stays is a nuisance, not a failure.
        try? FileManager.default.removeItem(atPath: path)
    }
}
