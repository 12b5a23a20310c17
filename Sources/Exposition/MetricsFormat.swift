/// The two texts in which Prometheus and its relatives read metrics.
package enum MetricsFormat: Equatable, Sendable {
    /// Prometheus' text format, version 0.0.4.
    case prometheus
    /// OpenMetrics 1.0.0.
    case openMetrics

    /// The `Content-Type` of an answer in this format.
    package var contentType: StaticString {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }
}

/// What the samples of a family are.
package enum MetricType: Equatable, Sendable {
    /// Only grows, from when the process started. Its samples end in `_total`.
    case counter
    /// Goes up and down.
    case gauge
    /// Counts of values up to bounds, and their sum.
    case histogram
    /// A constant 1 whose labels say something. Its sample ends in `_info`.
    case info
}
