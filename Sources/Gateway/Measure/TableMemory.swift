/// How full the tables are that grow with entries, when they will be full at the rate of the last
/// hour, and what of it is told to the operator. A value: bytes and time are arguments.
struct TableMemory {
    /// What share of the limit the tables take.
    enum Level: CaseIterable {
        case ample
        /// 80 %
        case high
        /// 90 %
        case short
        /// New participants are refused.
        case full

        init(_ bytes: Int, of limit: Int) {
            if bytes >= limit {
                self = .full
            } else {
                let tenth = limit / 10
                self = bytes >= 9 * tenth ? .short : bytes >= 8 * tenth ? .high : .ample
            }
        }

        var name: String {
            switch self {
            case .ample: "ample"
            case .high: "high"
            case .short: "short"
            case .full: "full"
            }
        }
    }

    private var known = Level.ample
    /// A sample each minute of the last hour, the oldest first: seconds and bytes.
    private var samples: [(seconds: UInt64, bytes: Int)] = []

    private static var sampleSeconds: UInt64 { 60 }
    private static var samplesKept: Int { 60 }

    /// - Parameters:
    ///   - bytes: what the tables take.
    ///   - seconds: of the monotonic clock.
    /// - Returns: the level, where it is another than the last time.
    mutating func sample(_ bytes: Int, of limit: Int, at seconds: UInt64) -> Level? {
        if samples.last.map({ seconds >= $0.seconds + Self.sampleSeconds }) ?? true {
            if samples.count == Self.samplesKept { samples.removeFirst() }
            samples.append((seconds, bytes))
        }
        let level = Level(bytes, of: limit)
        guard level != known else { return nil }
        known = level
        return level
    }

    /// Seconds until the tables are full at the rate of the last hour; nil where they do not grow,
    /// where that is more than a year, or where a minute has not passed yet.
    func secondsUntilFull(_ bytes: Int, of limit: Int, at seconds: UInt64) -> UInt64? {
        guard let first = samples.first, seconds >= first.seconds + Self.sampleSeconds,
            bytes > first.bytes
        else { return nil }
        let rate = Double(bytes - first.bytes) / Double(seconds - first.seconds)
        let left = Double(max(limit - bytes, 0)) / rate
        return left < 365 * 86_400 ? UInt64(left.rounded()) : nil
    }
}
