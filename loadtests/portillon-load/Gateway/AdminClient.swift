import Bytes
import Foundation
import Sockets

/// Asks the admin listener, one request after the other, and waits for the answers.
struct AdminClient: Sendable {
    let endpoint: Endpoint
    /// Nil where none is needed: health, metrics.
    let token: String?

    /// Seconds until an answer has to be there.
    private static var patienceSeconds: Double { 10 }

    /// An answer that is not what was hoped for, or none.
    struct Refusal: Error, CustomStringConvertible {
        let request: String
        /// 0 where there was no answer.
        let status: Int
        let detail: String

        var description: String {
            status == 0 ? "\(request): \(detail)" : "\(request): \(status) \(detail)"
        }
    }

    /// One request with a JSON body, or without one.
    /// - Returns: the answer's JSON object; empty where the body is none.
    @discardableResult
    func json(
        _ method: String, _ path: String, _ body: JSON? = nil
    ) throws -> [String: Any] {
        var data = Data()
        if let body { data = try JSONSerialization.data(withJSONObject: body.foundation) }
        let answer = Data(try send(method, path, body: Array(data)))
        return (try JSONSerialization.jsonObject(with: answer)) as? [String: Any] ?? [:]
    }

    func text(_ path: String) throws -> String {
        String(decoding: try send("GET", path), as: UTF8.self)
    }

    // MARK: One exchange

    private func send(_ method: String, _ path: String, body: [UInt8] = []) throws -> [UInt8] {
        let request = "\(method) \(endpoint)\(path)"
        var out = ByteBuffer(capacity: 1_024 + body.count)
        out.append("\(method) \(path) HTTP/1.1\r\nHost: \(endpoint.host)\r\n")
        if let token { out.append("Authorization: Bearer \(token)\r\n") }
        out.append("Content-Type: application/json\r\nContent-Length: \(body.count)\r\n")
        out.append("Connection: close\r\n\r\n" as StaticString)
        body.withBytes { out.append($0) }
        do {
            let (status, answer) = try exchange(out.bytes)
            guard (200...299).contains(status) else {
                throw Refusal(
                    request: request, status: status,
                    detail: String(decoding: answer, as: UTF8.self))
            }
            return answer
        } catch let error as SystemError {
            throw Refusal(request: request, status: 0, detail: error.description)
        }
    }

    private func exchange(_ bytes: RawSpan) throws -> (status: Int, body: [UInt8]) {
        var table = ConnectionTable(capacity: 1)
        var poller = try Poller()
        let descriptor = try Connector.begin(to: endpoint.address)
        guard let token = table.open(descriptor, peer: endpoint.address) else {
            throw SystemError("connect", on: endpoint.url, code: EMFILE)
        }
        try poller.add(descriptor, token: token)
        let deadline = MonotonicClock.nanoseconds + UInt64(Self.patienceSeconds * 1e9)
        try pause(&poller, until: deadline)
        if let error = Connector.outcome(of: descriptor, to: endpoint.address) { throw error }
        let connection = table[token.place]
        var sent = 0
        while sent < bytes.byteCount {
            guard let count = connection.send(bytes.extracting(sent..<bytes.byteCount)) else {
                throw SystemError("send", on: endpoint.url, code: EPIPE)
            }
            sent += count
            if count == 0 { try pause(&poller, until: deadline) }
        }
        var inbox = ByteBuffer(capacity: 64 << 10)
        while true {
            switch connection.receive(into: &inbox, maximum: 64 << 10) {
            case .received:
                switch AnswerReader.read(inbox.bytes) {
                case .complete(let answer):
                    let body = inbox.bytes.extracting(answer.bodyStart..<answer.end)
                    return (answer.status, body.array)
                case .malformed: throw SystemError("read", on: endpoint.url, code: EPROTO)
                case .incomplete: break
                }
            case .wouldBlock: try pause(&poller, until: deadline)
            case .finished, .broken:
                throw SystemError("recv", on: endpoint.url, code: ECONNRESET)
            }
        }
    }

    private func pause(_ poller: inout Poller, until deadline: UInt64) throws(SystemError) {
        let now = MonotonicClock.nanoseconds
        guard now < deadline, poller.wait(timeoutNanoseconds: Int64(deadline - now)) > 0 else {
            throw SystemError("connect", on: endpoint.url, code: ETIMEDOUT)
        }
    }
}
