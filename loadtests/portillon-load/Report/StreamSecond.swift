/// One second of a stream.
struct StreamSecond: Codable, Sendable {
    var second: Int
    var due: Int
    var sent: Int
    var answered: Int
    var verdicts: [String: Int]
    var errors: Int
    /// Of the requests answered in this second; 0 without any.
    var p50: Double
    var p90: Double
    var p99: Double
    var max: Double
    /// From sending, of the same requests; nil in reports of earlier versions.
    var serviceP99: Double?
    /// Of the requests due in this second, those whose answers were kept and that were due apart
    /// from the machine's standstills: how many, and their p99; nil where none were.
    var quiet: Int?
    var quietP99: Double?
    /// Requests that were due and waited for a free connection, at the second's end.
    var backlog: Int
}
