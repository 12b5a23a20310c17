import Foundation
import Testing

@testable import Gateway

/// One who follows `/v1/events` of a gateway in this process.
final class EventClient {
    struct Event: Equatable {
        let id: Int
        let name: String
        /// As it came.
        let data: String
    }

    let head: Answer
    /// The events so far, without the status.
    private(set) var events: [Event] = []
    /// The record to resume after.
    private(set) var last = -1
    private(set) var statuses: [String] = []
    /// Every number, in the order in which they came.
    private(set) var numbers: [Int] = []
    private let client: WireClient
    private var text = ""

    /// - Parameters:
    ///   - record: `Last-Event-ID`.
    ///   - token: another one than the admin's.
    init(
        _ gateway: TestGateway, after record: Int? = nil, query: String = "",
        token: String? = nil, receiveBufferBytes: Int32? = nil
    ) throws {
        client = try WireClient(
            port: gateway.adminPort, receiveBufferBytes: receiveBufferBytes)
        var request = gateway.adminRequest("GET", "/v1/events" + query)
        if let token {
            request = request.replacing(/Bearer \S+/) { _ in "Bearer \(token)" }
        }
        if let record {
            request = request.replacing(
                "Host: a\r\n", with: "Host: a\r\nLast-Event-ID: \(record)\r\n")
        }
        try client.send(request)
        head = try client.receiveHead()
    }

    /// The body of an answer that is no stream.
    func problem() throws -> Answer {
        var answer = head
        answer.body = try client.take(try #require(head["content-length"].flatMap { Int($0) }))
        return answer
    }

    /// Reads on until something holds.
    /// - Throws: ``WireClient/Ending`` where the stream ends before, or nothing comes.
    func read(until holds: (EventClient) -> Bool) throws {
        try #require(head.status == 200, "\(head)")
        while !holds(self) { takeIn(try client.receiveChunk()) }
    }

    /// Reads to the end: whether it was a clean one.
    func readToEnd() throws -> Bool {
        while true {
            let chunk = try client.receiveChunk()
            if chunk.isEmpty { return client.ending() == .finished }
            takeIn(chunk)
        }
    }

    /// How many of the events are steps: one for each pace.
    var steps: Int { events.count { $0.name == "step" } }

    private func takeIn(_ chunk: [UInt8]) {
        // A clean end in the midst of what a test waits for shows as no further number.
        text += String(decoding: chunk, as: UTF8.self)
        while let end = text.range(of: "\n\n") {
            takeIn(block: text[..<end.lowerBound])
            text.removeSubrange(..<end.upperBound)
        }
    }

    private func takeIn(block: Substring) {
        var fields: [Substring: String] = [:]
        for line in block.split(separator: "\n") {
            let parts = line.split(separator: ": ", maxSplits: 1)
            if parts.count == 2 { fields[parts[0]] = String(parts[1]) }
        }
        if let id = fields["id"].flatMap({ Int($0) }) {
            numbers.append(id)
            last = id
        }
        guard let name = fields["event"], let data = fields["data"] else { return }
        if name == "status" {
            statuses.append(data)
        } else {
            events.append(Event(id: last, name: name, data: data))
        }
    }
}
