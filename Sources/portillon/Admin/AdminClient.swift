import Foundation
import FoundationNetworking
import Glibc
import Sockets
import Synchronization

/// A thin client of the admin listener: one request at a time, and the thread waits.
struct AdminClient: Sendable {
    private let base: URL
    private let token: String
    private let files: SecureExchange.Files

    /// - Parameters:
    ///   - address: a URL, or an address and a port.
    ///   - files: for a listener that speaks TLS.
    /// - Throws: ``CommandFailure`` 78 where the address is neither.
    init(
        _ address: String, token: String, files: SecureExchange.Files = SecureExchange.Files()
    ) throws(CommandFailure) {
        let text = address.contains("://") ? address : "http://" + address
        guard let url = URL(string: text), let scheme = url.scheme, url.host?.isEmpty == false,
            ["http", "https"].contains(scheme)
        else {
            throw CommandFailure(
                .configuration,
                "--admin takes the URL of an admin listener, such as \(Self.defaultAddress), "
                    + "not \"\(printable(address))\"")
        }
        base = url
        self.token = token
        self.files = files
    }

    static var usualPatience: TimeInterval { 30 }
    /// For what exports all entries first.
    static var longPatience: TimeInterval { 6 * 3_600 }

    static var defaultAddress: String { "http://127.0.0.1:8081" }

    /// The token must not travel to a proxy on its way to this very machine, as `http_proxy` would
    /// have it. To be called before the first thread starts: the environment has no lock.
    static func keepLoopbackFromProxies() {
        let environment = ProcessInfo.processInfo.environment
        let known = environment["no_proxy"] ?? environment["NO_PROXY"]
        let local = "localhost,127.0.0.1,::1"
        _ = unsafe setenv("no_proxy", known.map { "\($0),\(local)" } ?? local, 1)
    }

    /// Asks, and waits for the answer.
    /// - Parameters:
    ///   - path: the path's parts, unescaped.
    ///   - body: a JSON object's members.
    ///   - patience: seconds that the answer may take; an export reads all of a log.
    /// - Throws: ``CommandFailure`` 69 where no gateway answers, or not in time; 1 where it refuses.
    @discardableResult
    func call(
        _ method: String, _ path: [String], _ body: [String: JSON]? = nil,
        patience: TimeInterval = usualPatience
    ) throws(CommandFailure) -> JSON {
        var request = URLRequest(url: url(path))
        request.httpMethod = method
        request.timeoutInterval = patience
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        if let body {
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            do {
                request.httpBody = try JSONEncoder().encode(JSON.object(body))
            } catch {
                preconditionFailure("strings and whole numbers are JSON: \(error)")
            }
        }
        let (status, bytes) = try send(request)
        // Not JSON: whoever answers there is no gateway.
        guard let answer = try? JSONDecoder().decode(JSON.self, from: bytes) else {
            throw CommandFailure(
                .unreachable,
                "\(base.absoluteString) answers, but not as a gateway's admin listener "
                    + "(status \(status)); say where that is with --admin or PORTILLON_ADMIN")
        }
        guard (200..<300).contains(status) else {
            throw Self.refusal(status, answer, from: base.absoluteString)
        }
        return answer
    }

    /// Asks for something that is not looked into: its bytes as they come.
    /// - Throws: ``CommandFailure`` 69 where no gateway answers, 1 where it refuses.
    func fetch(_ path: [String], accept: String) throws(CommandFailure) -> Data {
        var request = URLRequest(url: url(path))
        request.timeoutInterval = Self.usualPatience
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        request.setValue(accept, forHTTPHeaderField: "Accept")
        let (status, bytes) = try send(request)
        guard status == 200 else {
            // A refusal that is no JSON has no details.
            let problem = (try? JSONDecoder().decode(JSON.self, from: bytes)) ?? .null
            throw Self.refusal(status, problem, from: base.absoluteString)
        }
        return bytes
    }

    private func url(_ path: [String]) -> URL {
        var allowed = CharacterSet.urlPathAllowed
        allowed.remove(charactersIn: "/;")
        let escaped = path.map {
            $0.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
        }
        var text = base.absoluteString
        while text.hasSuffix("/") { text.removeLast() }
        guard let url = URL(string: text + "/" + escaped.joined(separator: "/")) else {
            preconditionFailure("an escaped path behind a URL is a URL")
        }
        return url
    }

    /// What the gateway's refusal (RFC 9457) says, a line for each thing that is wrong.
    static func refusal(_ status: Int, _ problem: JSON, from address: String) -> CommandFailure {
        let detail = problem["detail"]?.string ?? problem["title"]?.string
        if status == 401 {
            return CommandFailure(
                .refused,
                "the gateway does not take this token; give --data with its folder, --token or "
                    + "PORTILLON_TOKEN")
        }
        if status == 404, problem["code"]?.string == "not_found" {
            return CommandFailure(
                .refused,
                "\(address) does not know this request; is it a gateway's admin listener?")
        }
        let faults = (problem["errors"]?.elements ?? []).map { fault in
            (pointer: fault["pointer"]?.string ?? "", detail: fault["detail"]?.string ?? "")
        }
        var lines = faults.map { printable("  \($0.pointer): \($0.detail)") }
        // A refusal with one fault often says the same twice.
        if faults.count != 1 || faults[0].detail != detail {
            lines.insert(printable(detail ?? "the gateway answers with status \(status)"), at: 0)
        } else {
            lines = [printable("\(faults[0].pointer): \(faults[0].detail)")]
        }
        return CommandFailure(.refused, lines)
    }

    // MARK: The wire

    private final class Answer: Sendable {
        let result = Mutex<(Data?, URLResponse?, (any Error)?)>((nil, nil, nil))
    }

    private func send(_ request: URLRequest) throws(CommandFailure) -> (status: Int, Data) {
        if base.scheme == "https" { return try sendSecurely(request) }
        let session = URLSession(configuration: .ephemeral)
        defer { session.finishTasksAndInvalidate() }
        let answer = Answer()
        let arrived = DispatchSemaphore(value: 0)
        let task = session.dataTask(with: request) { data, response, error in
            answer.result.withLock { $0 = (data, response, error) }
            arrived.signal()
        }
        task.resume()
        arrived.wait()
        let (data, response, error) = answer.result.withLock { $0 }
        if (error as? URLError)?.code == .timedOut { throw Self.late }
        guard let response = response as? HTTPURLResponse, error == nil else {
            throw CommandFailure(.unreachable, unreachable(error))
        }
        return (response.statusCode, data ?? Data())
    }

    private func sendSecurely(_ request: URLRequest) throws(CommandFailure) -> (status: Int, Data) {
        guard let url = request.url, let host = url.host, let method = request.httpMethod else {
            preconditionFailure("a request of this client has a URL and a method")
        }
        let port = url.port ?? 443
        var head = "\(method) \(url.path(percentEncoded: true)) HTTP/1.1\r\n"
        head += "Host: \(host.contains(":") ? "[\(host)]" : host):\(port)\r\n"
        for (name, value) in (request.allHTTPHeaderFields ?? [:]).sorted(by: { $0.key < $1.key }) {
            head += "\(name): \(value)\r\n"
        }
        do {
            let exchange = SecureExchange(
                host: host, port: UInt16(clamping: port), files: files,
                timeoutSeconds: Int(request.timeoutInterval))
            return try exchange.send(head: head, body: request.httpBody ?? Data())
        } catch let fault as TLSFileError {
            throw CommandFailure(.configuration, "\(printable("\(fault)"))")
        } catch let failure as SecureExchange.Failure {
            if failure.isLate { throw Self.late }
            throw CommandFailure(.unreachable, unreachable(failure.reason))
        } catch {
            throw CommandFailure(.unreachable, unreachable("\(error)"))
        }
    }

    private static var late: CommandFailure {
        CommandFailure(
            .unreachable,
            "the gateway has not answered in time; what was asked for may have been done: look "
                + "before you ask again")
    }

    private func unreachable(_ error: (any Error)?) -> String {
        unreachable(error.map { ($0 as NSError).localizedDescription } ?? "no answer")
    }

    private func unreachable(_ reason: String) -> String {
        return
            "no gateway answers at \(base.absoluteString) (\(printable(reason))); start one with "
            + "\"portillon serve\", or say where it is with --admin or PORTILLON_ADMIN"
    }
}
