/// What of a month is reported. Its name stands in the report, so that a reader knows what it has.
package enum ReportKind: String, Codable, CaseIterable, Sendable {
    /// `GET /v1/availability`
    case availability
    /// `GET /v1/statement`
    case statement

    /// Changes when the reports change their shape. 2: announced changes of the service.
    static var currentFormat: Int { 2 }
}

/// Who a report is made for: a client sees no names of the operator's people.
enum ReportAudience: String, Codable, CaseIterable, Sendable {
    case `operator`, client
}
