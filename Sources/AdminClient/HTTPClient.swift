internal import Bytes
internal import Glibc
package import Sockets
package import Wire

/// A blocking HTTP/1.1 client of one listener, plain or over TLS.
///
/// One request, one connection, and the calling thread waits. Every address of the listener's host
/// is tried in turn. Over TLS the server's certificate is verified, and is for the URL's host, by
/// name or address; a name is sent with the handshake (SNI). No redirect is followed, no proxy is
/// used, nothing is tried twice.
package struct HTTPClient: Sendable {
    package let base: BaseURL
    package var limits: ResponseLimits
    /// Seconds that connecting to one address, and then the handshake of TLS, may take. The
    /// request's own deadline holds beside it.
    package var connectSeconds = 10.0
    /// Whether an answer in HTTP/1.0 counts; see ``head(of:by:)``.
    package var allowsVersion10 = false
    /// Nil for plain HTTP.
    let context: TLSClientContext?

    /// Whom to trust, and what to show a server that asks: PEM files.
    package struct Trust: Equatable, Sendable {
        /// Authorities; nil for the system's.
        package var authorities: String?
        package var own: TLSFiles.Pair?

        package init(authorities: String? = nil, own: TLSFiles.Pair? = nil) {
            self.authorities = authorities
            self.own = own
        }
    }

    /// - Parameter trust: for an `https` URL; unused, and not read, for `http`.
    /// - Throws: `TLSFileError` for a file that is not as it must be.
    package init(
        _ base: BaseURL, trust: Trust = Trust(), limits: ResponseLimits = ResponseLimits()
    ) throws(TLSFileError) {
        self.base = base
        self.limits = limits
        context =
            base.isSecure
            ? try TLSClientContext(
                authorities: trust.authorities, own: trust.own, now: Int64(time(nil)))
            : nil
    }

    /// Sends a request and waits for the whole answer.
    /// - Parameter seconds: that all of it may take, the host's lookup included; see `HostLookup`
    ///   for how late that may notice.
    package func send(
        _ request: HTTPRequest, withinSeconds seconds: Double
    ) throws(HTTPClientError) -> HTTPAnswer {
        let deadline = Deadline(seconds: seconds)
        var exchange = try HTTPExchange(self, request, by: deadline)
        let head = try exchange.head(by: deadline)
        var body = ByteBuffer(capacity: 4_096)
        while try exchange.read(into: &body, by: deadline) {}
        return HTTPAnswer(
            status: head.status, contentType: head.contentType, body: body.bytes.array)
    }

    /// Sends a request and waits for the head of its answer; the body is left unread.
    package func head(
        of request: HTTPRequest, by deadline: Deadline
    ) throws(HTTPClientError) -> HTTPExchange.Head {
        var exchange = try HTTPExchange(self, request, by: deadline)
        return try exchange.head(by: deadline, needsBody: false)
    }
}
