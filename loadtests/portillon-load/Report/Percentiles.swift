/// Milliseconds.
struct Percentiles: Codable, Sendable, Equatable {
    var count: Int
    var mean: Double
    var p50: Double
    var p90: Double
    var p99: Double
    var p999: Double
    var max: Double
}
