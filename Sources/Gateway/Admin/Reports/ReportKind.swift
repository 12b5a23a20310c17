/// What of a month is reported. Its name stands in the report, so that a reader knows what it has.
package enum ReportKind: String, Codable, CaseIterable, Sendable {
    /// `GET /v1/availability`
    case availability
    /// `GET /v1/statement`
    case statement

    /// Changes when the reports change their shape. 2: announced changes of the service.
    /// 3: how fast the budget burns, flags of force majeure; a correction for all clients leaves a
    /// client the minutes that it lost by itself, and `until` is bounded by the journal.
    static var currentFormat: Int { 3 }
}

/// Who a report is made for: a client sees no names of the operator's people.
enum ReportAudience: String, Codable, CaseIterable, Sendable {
    case `operator`, client
}
