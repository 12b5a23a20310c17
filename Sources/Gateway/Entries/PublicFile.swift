internal import Bytes
internal import Cryptography
internal import Exposition

/// A file that a listener serves as it is, to everybody: the front-end kit's, a page's that uses
/// it, the operator's room.
///
/// Digested and compressed when it is made, so that an answer only copies.
package struct PublicFile: Sendable {
    package enum Kind: Sendable {
        case page, script, style, picture, json, calendar, text
    }

    /// How long a cache may keep it (RFC 9111, 5.2.2; RFC 8246).
    package enum Caching: Sendable {
        /// A year: another content has another path.
        case forever
        /// It is asked for again each time, with its `ETag`.
        case revalidated
        /// A quarter of a minute: it is made anew each minute.
        case briefly
        case never
    }

    /// Whose pages may have it within themselves.
    package enum Users: Sendable {
        /// Pages of every origin use the kit, those too that are isolated from other origins.
        case allPages
        /// Pages of its own listener: no other has it in a frame, or in a window that it opened.
        case ownPages
        /// No page: it stands by itself, and runs nothing.
        case noPages
    }

    /// The whole path, as it is requested.
    package let path: String
    package let users: Users
    package let kind: Kind
    let caching: Caching
    /// The Content-Security-Policy of a page that may ask another origin; nil for any other file.
    let policy: String?
    package let body: [UInt8]
    /// The body as a gzip member; nil where that is no shorter.
    package let compressed: [UInt8]?
    /// The first half of the body's SHA-256, as hexadecimal digits.
    private let digest: String
    /// The `ETag` of the body as it is, and compressed: two representations (RFC 9110, 8.8.3.3).
    let tag: String
    let compressedTag: String

    /// - Parameters:
    ///   - path: begins with a slash; printable ASCII without percent signs.
    ///   - origin: an origin that a page of ``Users/ownPages`` may ask beside its own.
    package init(
        path: String, kind: Kind, caching: Caching, users: Users = .allPages,
        asking origin: String? = nil, body: [UInt8]
    ) {
        self.path = path
        self.users = users
        self.kind = kind
        self.caching = caching
        self.body = body
        let mayAsk = users == .ownPages && kind == .page ? origin : nil
        policy = mayAsk.map { "\(Self.ownPolicyStart) \($0); \(Self.ownPolicyEnd)" }
        var bytes = ByteBuffer(capacity: body.count)
        body.withBytes { bytes.append($0) }
        var hash = SHA256()
        digest = String(hash.digest(bytes.bytes).hexadecimal.prefix(32))
        tag = "\"\(digest)\""
        compressedTag = "\"\(digest)-gzip\""
        compressed = Self.compress(bytes)
    }

    /// Nil where it is no shorter, or zlib has no memory: the body as it is will do.
    private static func compress(_ body: borrowing ByteBuffer) -> [UInt8]? {
        do {
            var gzip = try Gzip(level: 9)
            var output = ByteBuffer(capacity: body.count)
            try gzip.compress(body.bytes, into: &output)
            return output.count < body.count ? output.bytes.array : nil
        } catch {
            return nil
        }
    }

    func isAt(_ path: RawSpan) -> Bool {
        self.path.withBytes { path.equals($0) }
    }

    /// Whether an `If-None-Match` names this content, in either representation: the weak
    /// comparison that GET and HEAD have (RFC 9110, 13.1.2).
    func isKnown(to field: RawSpan) -> Bool {
        if field.equals("*") { return true }
        return digest.withBytes { digest in
            guard field.byteCount >= digest.byteCount else { return false }
            for start in 0...(field.byteCount - digest.byteCount)
            where field.extracting(start..<(start + digest.byteCount)).equals(digest) {
                return true
            }
            return false
        }
    }

    var type: StaticString {
        switch kind {
        case .page: MediaType.html
        case .script: MediaType.script
        case .style: MediaType.style
        case .picture: MediaType.picture
        case .json: MediaType.json
        case .calendar: MediaType.calendar
        case .text: MediaType.text
        }
    }

    var cacheControl: StaticString {
        switch caching {
        case .forever: "public, max-age=31536000, immutable"
        case .revalidated: "no-cache"
        case .briefly: "public, max-age=15"
        case .never: "no-store"
        }
    }

    /// What its answer says to browsers, beside its type.
    var browserFields: [(StaticString, StaticString)] {
        switch (users, kind) {
        case (.allPages, .page): [("Content-Security-Policy", Self.pagePolicy)]
        case (.allPages, _): [("Cross-Origin-Resource-Policy", "cross-origin")]
        case (.noPages, _): StatusStyle.browserFields
        case (.ownPages, .page) where policy != nil: Self.ownPageFields
        case (.ownPages, .page): Self.ownPageFields + [("Content-Security-Policy", Self.ownPolicy)]
        case (.ownPages, _): [("Cross-Origin-Resource-Policy", "same-origin")]
        }
    }

    /// The room's page: it writes text into elements and no markup (Trusted Types), and shares
    /// nothing with pages of other origins.
    private static let ownPolicy: StaticString = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
        connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
        require-trusted-types-for 'script'; trusted-types 'none'
        """

    /// The same around an origin that may be asked.
    private static let ownPolicyStart = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
        connect-src 'self'
        """
    private static let ownPolicyEnd = """
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
        require-trusted-types-for 'script'; trusted-types 'none'
        """

    private static let ownPageFields: [(StaticString, StaticString)] = [
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Embedder-Policy", "require-corp"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
    ]

    /// A page runs, shows and asks for what comes from this listener, and stands in nobody's frame.
    private static let pagePolicy: StaticString = """
        default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; \
        img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'
        """
}
