internal import Bytes
internal import Wire

/// A page of the admin listener, or a file that belongs to one. It is the same for everybody.
enum AdminPage: CaseIterable {
    case notice
    case noticeScript
    case noticeStyle

    init?(path: RawSpan) {
        guard let page = Self.allCases.first(where: { path.equals($0.path) }) else { return nil }
        self = page
    }

    var path: StaticString {
        switch self {
        case .notice: "/notice"
        case .noticeScript: "/notice.js"
        case .noticeStyle: "/notice.css"
        }
    }

    var content: ControlReply.Content {
        switch self {
        case .notice: Self.content(MediaType.html, NoticePage.document)
        case .noticeScript: Self.content(MediaType.script, NoticePage.script)
        case .noticeStyle: Self.content(MediaType.style, NoticePage.style)
        }
    }

    private static func content(_ type: StaticString, _ body: [UInt8]) -> ControlReply.Content {
        ControlReply.Content(type: type, fields: fields, body: body)
    }

    /// It runs, shows and asks for what comes from this listener, and stands in nobody's frame.
    private static let fields: [(StaticString, StaticString)] = [
        (
            "Content-Security-Policy",
            """
            default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
            base-uri 'none'; form-action 'none'; frame-ancestors 'none'
            """
        ),
        ("Cache-Control", "no-cache"),
    ]
}
