import Dispatch
import Foundation
import Sockets
import Testing
import Wire

@testable import AdminClient

@Suite("A request of whose answer only the head counts")
struct HeadTests {
    private func head(
        _ answer: String, allowsVersion10: Bool = true
    ) throws -> HTTPExchange.Head {
        try withServer(script: answering(answer)) { server in
            var client = try HTTPClient(BaseURL("http://127.0.0.1:\(server.port)"))
            client.allowsVersion10 = allowsVersion10
            var request = HTTPRequest("POST", [])
            request.target = "/a/?b=c//"
            let head = try client.head(of: request, by: Deadline(seconds: 60))
            #expect(server.requests.first?.hasPrefix("POST /a/?b=c// HTTP/1.1\r\n") == true)
            return head
        }
    }

    @Test("HTTP/1.0 is taken where it is allowed, with Retry-After, whatever the body's length")
    func old() throws {
        let answer = "HTTP/1.0 503 Unavailable\r\nRetry-After: 7\r\n\r\nbusy"
        let head = try head(answer)
        #expect(head.status == 503)
        #expect(head.retryAfterSeconds == 7)
        #expect(throws: HTTPClientError.malformed(.unsupportedVersion)) {
            _ = try self.head(answer, allowsVersion10: false)
        }
    }

    @Test("a deadline that is cancelled ends the wait")
    func cancelled() throws {
        let hasRequest = DispatchSemaphore(value: 0)
        try withServer(script: { visit in
            try visit.request()
            hasRequest.signal()
            try visit.waitForEnd()
        }) { server in
            let client = try HTTPClient(BaseURL("http://127.0.0.1:\(server.port)"))
            let cancellation = Cancellation()
            Thread.detachNewThread {
                hasRequest.wait()
                cancellation.cancel()
            }
            let began = ContinuousClock.now
            #expect(throws: HTTPClientError.late(isSent: true)) {
                _ = try client.head(
                    of: HTTPRequest("GET", []),
                    by: Deadline(seconds: 600, cancellation: cancellation))
            }
            #expect(ContinuousClock.now - began < .seconds(60))
        }
    }

    @Test("a target that cannot be sent is refused before anything is")
    func target() throws {
        for target in ["", "a", "/a b", "/\r\nX: y", "/é"] {
            var request = HTTPRequest("GET", [])
            request.target = target
            let client = try HTTPClient(BaseURL("http://127.0.0.1:9"))
            #expect {
                _ = try client.head(of: request, by: Deadline(seconds: 1))
            } throws: { error in
                if case .unusable? = error as? HTTPClientError { true } else { false }
            }
        }
    }
}
