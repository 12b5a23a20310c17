internal import Bytes

/// As what the public status of the service is asked for: each has a path of its own.
enum StatusForm: CaseIterable {
    case page, json, calendar

    init?(path: RawSpan) {
        guard let form = Self.allCases.first(where: { path.equals($0.path) }) else { return nil }
        self = form
    }

    /// Whether it is there in each language.
    var hasWords: Bool { self != .json }

    var path: StaticString {
        switch self {
        case .page: "/status"
        case .json: "/status.json"
        case .calendar: "/status.ics"
        }
    }
}
