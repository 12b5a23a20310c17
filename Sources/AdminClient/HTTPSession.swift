internal import Bytes

/// Requests to one listener, one after the other, over a connection that is kept as long as the
/// server keeps it (RFC 9112, 9.3), or for so many requests: what a front end does.
///
/// A server may close a kept connection at any time, also while a request is on its way. Where that
/// is found before a byte of an answer, the request is sent once more over a new connection, within
/// the same deadline: so requests must be such that it does no harm if they are carried out twice.
package struct HTTPSession: ~Copyable {
    private let client: HTTPClient
    private let maximumRequests: Int
    private var link: Link?
    /// Requests that the last connection carried.
    private var carried = 0

    /// - Parameter maximumRequests: of one connection; then a new one is made, which shows whether
    ///   the server still takes newcomers.
    package init(_ client: HTTPClient, maximumRequests: Int = .max) {
        self.client = client
        self.maximumRequests = maximumRequests
        link = nil
    }

    /// Sends a request and waits for the whole answer.
    /// - Throws: ``HTTPClientError``; the next request then has a new connection.
    package mutating func send(
        _ request: HTTPRequest, by deadline: Deadline
    ) throws(HTTPClientError) -> HTTPAnswer {
        if let kept = link.take() {
            do throws(HTTPClientError) {
                return try exchange(request, over: kept, by: deadline)
            } catch {
                guard case .closed = error else { throw error }
            }
        }
        carried = 0
        return try exchange(request, over: Link(client, by: deadline), by: deadline)
    }

    private mutating func exchange(
        _ request: HTTPRequest, over link: consuming Link, by deadline: Deadline
    ) throws(HTTPClientError) -> HTTPAnswer {
        var exchange = try HTTPExchange(client, request, over: link, by: deadline)
        let head = try exchange.head(by: deadline)
        var body = ByteBuffer(capacity: 4_096)
        while try exchange.read(into: &body, by: deadline) {}
        let kept = exchange.keptLink()
        carried += 1
        if carried < maximumRequests { self.link = consume kept }
        return HTTPAnswer(
            status: head.status, contentType: head.contentType, body: body.bytes.array)
    }
}
