internal import AdminClient
internal import Sockets
internal import Time
internal import Webhooks

/// Sends messages to one receiver, one request a connection. Owned by a sender's thread, which
/// waits for it.
struct WebhookPost: ~Copyable, Sendable {
    private let url: WebhookURL
    private let client: HTTPClient
    private var signer: WebhookSigner
    private let cancellation: Cancellation
    private let timeoutSeconds: Int

    /// What came of one request.
    enum Result: Equatable, Sendable {
        /// - `retryAfter`: seconds, of `Retry-After`.
        case answered(status: Int, retryAfter: Int?)
        case failed(String)
    }

    /// - Parameters:
    ///   - authorities: a PEM file of those whose certificates are taken; nil for the system's.
    ///   - timeoutSeconds: that a request may take, the host's lookup included.
    /// - Throws: `TLSFileError` for a file that is not as it must be.
    init(
        _ url: WebhookURL, _ signer: consuming WebhookSigner, authorities: String?,
        timeoutSeconds: Int, _ cancellation: Cancellation
    ) throws(TLSFileError) {
        var client = try HTTPClient(
            url.base, trust: HTTPClient.Trust(authorities: authorities))
        // Of an answer nothing counts but the head.
        client.allowsVersion10 = true
        self.client = client
        self.url = url
        self.signer = signer
        self.cancellation = cancellation
        self.timeoutSeconds = timeoutSeconds
    }

    /// Sends a message, and waits for the head of the answer. No redirect is followed.
    /// - Parameter now: what the receiver compares with its own clock.
    mutating func send(
        _ message: WebhookMessage, to webhook: String, at now: Timestamp
    ) -> Result {
        let id = message.identifier(for: webhook)
        let seconds = now.milliseconds / 1_000
        var request = HTTPRequest("POST", [])
        request.target = url.target
        request.fields = [
            ("Content-Type", "application/json"), ("User-Agent", "portillon/\(Gateway.version)"),
            ("webhook-id", id), ("webhook-timestamp", "\(seconds)"),
            (
                "webhook-signature",
                signer.signature(id: id, timestamp: seconds, body: message.body)
            ),
        ]
        request.body = message.body
        do throws(HTTPClientError) {
            let deadline = AdminClient.Deadline(
                seconds: Double(timeoutSeconds), cancellation: cancellation)
            let head = try client.head(of: request, by: deadline)
            return .answered(status: head.status, retryAfter: head.retryAfterSeconds)
        } catch {
            return .failed("\(error)")
        }
    }
}
