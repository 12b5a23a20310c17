/// The few figures of a Prometheus text that the runner looks at.
struct MetricsText {
    var pressure: String?
    /// The state of each operation, by its identifier.
    var states: [String: String] = [:]
    var participants: [String: Int] = [:]
    var residentBytes: Int?
    var openDescriptors: Int?
    var cpuSeconds: Double?
    /// How long requests waited; nil where the gateway does not say.
    var waits: WaitTotals?

    init(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "),
                let value = Double(line[line.index(after: space)...])
            else { continue }
            let series = line[..<space]
            let name = series.prefix { $0 != "{" }
            switch name {
            case "portillon_pressure" where value == 1:
                pressure = Self.label("level", of: series)
            case "portillon_operation_state" where value == 1:
                if let operation = Self.label("operation", of: series) {
                    states[operation] = Self.label("state", of: series)
                }
            case "portillon_participants":
                if let operation = Self.label("operation", of: series) {
                    participants[operation] = Int(value)
                }
            case "process_resident_memory_bytes": residentBytes = Int(value)
            case "process_open_fds": openDescriptors = Int(value)
            case "process_cpu_seconds_total": cpuSeconds = value
            default: readWait(name, series, value)
            }
        }
    }

    /// A line of the two histograms that entries' waits are in.
    private mutating func readWait(_ name: Substring, _ series: Substring, _ value: Double) {
        let path: WritableKeyPath<WaitTotals, Double>
        switch name {
        case "portillon_unread_wait_seconds_sum": path = \.unreadSeconds
        case "portillon_unread_wait_seconds_count": path = \.reads
        case "portillon_http_request_duration_seconds_sum": path = \.answerSeconds
        case "portillon_http_request_duration_seconds_count": path = \.answers
        default: return
        }
        if name.contains("request_duration"), Self.label("route", of: series) != "entries" {
            return
        }
        waits = waits ?? WaitTotals()
        waits?[keyPath: path] = value
    }

    /// A label's value; operations and levels have no character that is escaped.
    private static func label(_ name: String, of series: Substring) -> String? {
        guard let start = series.firstRange(of: "\(name)=\"")?.upperBound else { return nil }
        return String(series[start...].prefix { $0 != "\"" })
    }
}
