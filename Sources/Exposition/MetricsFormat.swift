/// The two text formats in which Prometheus and compatible scrapers read metrics.
package enum MetricsFormat: Equatable, Sendable {
    /// Prometheus' text format, version 0.0.4.
    case prometheus
    /// OpenMetrics 1.0.0.
    case openMetrics

    /// The `Content-Type` of this format.
    package var contentType: StaticString {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }
}

/// The type of a metric family.
package enum MetricType: Equatable, Sendable {
    /// A count since the process started; it only grows. Its samples end in `_total`.
    case counter
    /// A value that rises and falls.
    case gauge
    /// Counts of values up to each bound, and the sum of the values.
    case histogram
    /// A constant 1 whose labels carry the information. Its sample ends in `_info`.
    case info
}
