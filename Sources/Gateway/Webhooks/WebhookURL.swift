internal import AdminClient
internal import Ledger
internal import Sockets

/// Where a webhook's events are sent.
///
/// An admin names it, and only `https` with a certificate that the system's store, or
/// `webhooks.ca`, vouches for is spoken; `http` is for this machine's loopback addresses alone. So
/// an address that answers for a cloud's metadata, which speaks no such TLS, is sent nothing, and
/// of any answer nothing but its status is ever shown. Private addresses are allowed: that is where
/// an operator's receivers often are.
struct WebhookURL: Equatable, Sendable {
    let base: BaseURL
    /// The request's target: path and query as they are given.
    let target: String

    /// - Throws: ``WebhookURLError`` with what is demanded.
    init(_ text: String) throws(WebhookURLError) {
        guard (1...LedgerLimits.webhookURLBytes).contains(text.utf8.count) else {
            throw WebhookURLError(
                demand: "Must have 1 to \(LedgerLimits.webhookURLBytes) bytes.")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw WebhookURLError(
                demand: "Must have no spaces and no characters beyond ASCII: percent-encode them.")
        }
        guard let separator = text.firstRange(of: "://") else {
            throw WebhookURLError(demand: "Must be an https URL.")
        }
        let rest = text[separator.upperBound...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let tail = rest[end...]
        guard !tail.contains("#") else {
            throw WebhookURLError(demand: "Must have no fragment.")
        }
        do throws(BaseURLError) {
            base = try BaseURL(String(text[..<end]))
        } catch {
            throw WebhookURLError(demand: "Must be an https URL of a receiver; it \(error.reason).")
        }
        guard base.isSecure || Self.isLoopback(base.host) else {
            throw WebhookURLError(
                demand: "Must be an https URL; http is for this machine's own addresses alone, "
                    + "such as http://127.0.0.1:8080/.")
        }
        target = tail.hasPrefix("/") ? String(tail) : "/\(tail)"
    }

    private static func isLoopback(_ host: String) -> Bool {
        host.lowercased() == "localhost"
            || SocketAddress(literal: host, port: 0)?.isLoopback ?? false
    }
}

/// Why a text is no ``WebhookURL``.
struct WebhookURLError: Error, Equatable, Sendable {
    /// What it must be, as a sentence.
    let demand: String
}
