import Bytes
import Foundation
import Synchronization
import Testing
import Wire

@testable import AdminClient

@Suite("Requests over a kept connection")
struct SessionTests {
    private static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    /// Counts the connections of a server, of which each answers so many requests, and then closes.
    private final class Visits: Sendable {
        private let count = Atomic<Int>(0)

        var soFar: Int { count.load(ordering: .relaxed) }

        func serve(_ visit: borrowing Visit, requests: Int, _ answer: String) throws {
            count.add(1, ordering: .relaxed)
            for _ in 0..<requests {
                try visit.request()
                try visit.send(answer)
            }
        }
    }

    private func session(
        _ server: ScriptedServer, maximumRequests: Int = .max
    ) throws -> HTTPSession {
        HTTPSession(
            try HTTPClient(BaseURL("http://127.0.0.1:\(server.port)")),
            maximumRequests: maximumRequests)
    }

    private func ask(_ session: inout HTTPSession, times: Int) throws {
        for _ in 0..<times {
            let answer = try session.send(HTTPRequest("GET", ["x"]), by: Deadline(seconds: 60))
            #expect(answer.body == Array("ok".utf8))
        }
    }

    @Test("several requests go over one connection, without asking for its end")
    func kept() throws {
        let visits = Visits()
        try withServer(script: { try visits.serve($0, requests: 3, Self.answer) }) { server in
            var session = try session(server)
            try ask(&session, times: 3)
            #expect(visits.soFar == 1)
            #expect(server.requests.allSatisfy { !$0.contains("Connection:") })
        }
    }

    @Test("a session that is to see how newcomers fare makes a new connection after so many")
    func renewed() throws {
        let visits = Visits()
        try withServer(script: { try visits.serve($0, requests: 99, Self.answer) }) { server in
            var session = try session(server, maximumRequests: 3)
            for (times, connections) in [(3, 1), (1, 2), (2, 2), (1, 3)] {
                try ask(&session, times: times)
                #expect(visits.soFar == connections)
            }
        }
    }

    @Test("a connection that the server closed between two requests is replaced")
    func replaced() throws {
        let visits = Visits()
        try withServer(script: { try visits.serve($0, requests: 1, Self.answer) }) { server in
            var session = try session(server)
            try ask(&session, times: 3)
            #expect(visits.soFar == 3)
        }
    }

    @Test("a server that says that it closes is not asked over the same connection again")
    func announced() throws {
        let visits = Visits()
        let answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
        try withServer(script: { try visits.serve($0, requests: 1, answer) }) { server in
            var session = try session(server)
            try ask(&session, times: 2)
            #expect(visits.soFar == 2 && server.requests.count == 2)
        }
    }

    @Test("an answer that breaks off is an error, and the next request has a new connection")
    func cut() throws {
        let visits = Visits()
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"
        try withServer(script: { try visits.serve($0, requests: 1, answer) }) { server in
            var session = try session(server)
            for _ in 0..<2 {
                var error: HTTPClientError?
                do throws(HTTPClientError) {
                    _ = try session.send(
                        HTTPRequest("GET", ["x"]), by: Deadline(seconds: 60))
                } catch let found {
                    error = found
                }
                #expect(error?.isPartOfAnAnswer == true)
            }
            #expect(visits.soFar == 2)
        }
    }
}
