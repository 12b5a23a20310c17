internal import Bytes
internal import Evidence
internal import Time
internal import Wire

/// The public status of the service, ready to be sent: the page in each language, JSON, and the
/// calendar of maintenance and announced changes.
struct StatusPages: Sendable {
    /// In order of ``Language/allCases``.
    private let pages: [PublicFile]
    private let calendars: [PublicFile]
    private let json: PublicFile

    /// - Parameters:
    ///   - planned: what the calendar has.
    ///   - now: when it is made.
    init(_ status: ServiceStatus, _ planned: [PlannedEvent], at now: Timestamp) {
        pages = Language.allCases.map { language in
            PublicFile(
                path: "\(StatusForm.page.path)", kind: .page, caching: .briefly, users: .noPages,
                body: [UInt8](StatusPage(status, language).text.utf8))
        }
        json = PublicFile(
            path: "\(StatusForm.json.path)", kind: .json, caching: .briefly,
            body: ControlReply.json(status))
        calendars = Language.allCases.map { language in
            PublicFile(
                path: "\(StatusForm.calendar.path)", kind: .calendar, caching: .briefly,
                body: CalendarFile(planned, in: language, now: now).bytes)
        }
    }

    /// Whether both say the same.
    func equals(_ other: StatusPages) -> Bool {
        json.tag == other.json.tag && pages.map(\.tag) == other.pages.map(\.tag)
            && calendars.map(\.tag) == other.calendars.map(\.tag)
    }

    func file(_ form: StatusForm, in language: Language) -> PublicFile {
        // One for each language.
        let index = Language.allCases.firstIndex(of: language) ?? 0
        return switch form {
        case .page: pages[index]
        case .json: json
        case .calendar: calendars[index]
        }
    }
}

extension Language {
    /// What `language` in the query says, or `lang`, its older name, or else what `Accept-Language`
    /// prefers.
    init(askedBy head: borrowing RequestParser, _ request: RawSpan) {
        if let asked = Language(inQuery: request.extracting(head.query.range)) {
            self = asked
        } else {
            let field = head.value(ofFieldNamed: "accept-language", in: request)
            self.init(preferredIn: field.map { request.extracting($0.range).text } ?? "")
        }
    }

    /// Nil where the query names none of them: a page for people refuses nobody for that.
    private init?(inQuery query: RawSpan) {
        var start = 0
        while start < query.byteCount {
            var end = start
            while end < query.byteCount, query[end] != UInt8(ascii: "&") { end += 1 }
            let part = query.extracting(start..<end)
            if part.equals("language=en") || part.equals("lang=en") {
                self = .english
                return
            }
            if part.equals("language=fr") || part.equals("lang=fr") {
                self = .french
                return
            }
            start = end + 1
        }
        return nil
    }
}
