internal import Bytes
internal import Wire

/// The host names that the admin listener goes by, and what it refuses of pages that are not its
/// own.
///
/// A page in a browser reaches this listener from another origin, or under a name of its own that
/// was made to lead here (DNS rebinding). It has no token: the operator's room keeps its token in
/// its memory, where no other page reads it, and there is no cookie that would go along. So a
/// request with a token is taken under any name. Pages, and requests that say which page sent them,
/// are taken under the listener's own names, and from its own pages alone. What needs no token is
/// read under any name by balancers, and by a browser under the listener's own alone: a browser
/// says that it is one where there is no origin to name, too.
package struct AdminNames: Sendable {
    /// Beside addresses and `localhost`, in lower case: `admin.host_names`.
    private let configured: Set<String>

    /// - Parameter configured: names without ports.
    package init(_ configured: [String] = []) {
        self.configured = Set(configured.map { $0.lowercased() })
    }

    /// Most names: each origin is compared with them.
    package static var maximumCount: Int { 32 }

    /// Why a request is refused, whatever token it has; nil where it is not.
    /// - Parameters:
    ///   - isPage: it asks for a page, or for a file of one.
    ///   - isAnyones: it asks for what needs no token.
    func refusal(
        of head: borrowing RequestParser, _ request: RawSpan, isPage: Bool, isAnyones: Bool
    ) -> Problem? {
        let (host, origin) = (head[.host], head[.origin])
        let needsOwnName = isPage || origin != nil || isAnyones && isOfBrowser(head, request)
        if needsOwnName, let host, !isOwn(host: request.extracting(host.range)) {
            return .unknownHost
        }
        if let origin {
            let text = request.extracting(origin.range).text.lowercased()
            let name = host.map { request.extracting($0.range).text.lowercased() }
            return isOwn(origin: text, under: name) ? nil : .foreignOrigin
        }
        return isEmbedded(head, request) ? .foreignOrigin : nil
    }

    /// Whether a browser sent it. Over plain text to another name than `localhost` it sends no
    /// Fetch Metadata; but `Accept-Language`, which a page can change and not take away.
    private func isOfBrowser(_ head: borrowing RequestParser, _ request: RawSpan) -> Bool {
        head.value(ofFieldNamed: "sec-fetch-site", in: request) != nil
            || head.value(ofFieldNamed: "sec-fetch-mode", in: request) != nil
            || head.value(ofFieldNamed: "sec-fetch-dest", in: request) != nil
            || head.value(ofFieldNamed: "accept-language", in: request) != nil
    }

    private func isOwn(host: RawSpan) -> Bool {
        if HTTPAuthority.isAddressOrLocalhost(host) { return true }
        let name = host.extracting(HTTPAuthority.hostRange(host))
        return configured.contains(name.text.lowercased())
    }

    /// Whether an origin (RFC 6454, 7: a scheme and an authority, or `null`) is the listener's own:
    /// the name that it was asked under, or one of those that a proxy in front may have replaced.
    private func isOwn(origin: String, under host: String?) -> Bool {
        guard let mark = origin.firstRange(of: "://") else { return false }
        let authority = String(origin[mark.upperBound...])
        if authority == host { return true }
        let name = authority.withBytes { $0.extracting(HTTPAuthority.hostRange($0)).text }
        return configured.contains(name)
    }

    /// Whether a page of another origin has the request's answer within itself, as a picture or a
    /// script: browsers say so (Fetch Metadata, W3C). Going to a page from elsewhere is no such
    /// request.
    private func isEmbedded(_ head: borrowing RequestParser, _ request: RawSpan) -> Bool {
        guard let site = head.value(ofFieldNamed: "sec-fetch-site", in: request) else {
            return false
        }
        let sent = request.extracting(site.range)
        guard sent.equals("cross-site") || sent.equals("same-site") else { return false }
        guard let mode = head.value(ofFieldNamed: "sec-fetch-mode", in: request) else {
            return true
        }
        return !request.extracting(mode.range).equals("navigate")
    }
}
