package import Bytes

/// Writes metrics as text, family by family, in either format.
///
/// ```swift
/// var writer = MetricsWriter(format: .openMetrics)
/// writer.family("portillon_entries", .counter, help: "Entries by verdict.")
/// writer.sample(entries) { labels in
///     labels.add("operation", "ete-2026")
///     labels.add("verdict", "accepted")
/// }
/// let text = writer.finish()
/// ```
///
/// Where the formats differ, the writer knows: families are named without the `_total` and `_info`
/// of their samples here. What both demand is held by construction or by preconditions: names are
/// valid and unique, samples follow their family, counters are not negative. One thing is left to
/// the caller, for its cost: that no two samples of a family have the same labels.
package struct MetricsWriter: ~Copyable {
    package let format: MetricsFormat
    /// What has been written.
    var buffer: ByteBuffer
    /// The labels of the sample at hand; kept, so that samples do not allocate.
    var labels = LabelSet()
    /// The family at hand; nil before the first.
    var family: Family?
    /// Every name that a family or its samples have: no two families may share one.
    private var names: Set<String> = []

    struct Family {
        let name: StaticString
        let type: MetricType
        let isInSeconds: Bool
    }

    /// - Parameter buffer: to write behind what it holds; that of the last scrape, emptied, saves
    ///   the growing.
    package init(
        format: MetricsFormat, buffer: consuming ByteBuffer = ByteBuffer(capacity: 65_536)
    ) {
        self.format = format
        self.buffer = buffer
    }

    /// Ends the text, and gives it away.
    package consuming func finish() -> ByteBuffer {
        if format == .openMetrics { buffer.append("# EOF\n") }
        return buffer
    }

    /// Begins a family: its samples follow.
    ///
    /// - Parameters:
    ///   - name: without `_total` for counters, without `_info` for infos.
    ///   - unit: the base unit, `seconds` or `bytes`; the name must end in it, after a `_`.
    ///   - help: a sentence for people.
    /// - Precondition: the names are valid, and no other family has this name or its samples'.
    package mutating func family(
        _ name: StaticString, _ type: MetricType, unit: StaticString? = nil, help: StaticString
    ) {
        claim(name, type, unit)
        family = Family(
            name: name, type: type, isInSeconds: unit.map { "\($0)" == "seconds" } ?? false)
        let shown: StaticString = format == .openMetrics ? "" : type.suffix
        buffer.append("# HELP ")
        buffer.append(name)
        buffer.append(shown)
        buffer.append(ASCII.space)
        buffer.appendEscaped(help, quotes: format == .openMetrics)
        buffer.append("\n# TYPE ")
        buffer.append(name)
        buffer.append(shown)
        buffer.append(ASCII.space)
        buffer.append(type.name(in: format))
        if let unit, format == .openMetrics {
            buffer.append("\n# UNIT ")
            buffer.append(name)
            buffer.append(ASCII.space)
            buffer.append(unit)
        }
        buffer.append(ASCII.lineFeed)
    }

    /// Checks a family's name and reserves it with all its samples'.
    private mutating func claim(_ name: StaticString, _ type: MetricType, _ unit: StaticString?) {
        let text = "\(name)"
        precondition(
            unsafe isName(text.utf8Span.span.bytes, colons: true), "the name of a metric: \(text)")
        for suffix in MetricType.reservedSuffixes {
            precondition(!text.hasSuffix(suffix), "\(text): the writer appends \(suffix)")
        }
        if let unit {
            precondition(text.hasSuffix("_\(unit)"), "\(text) ends in its unit, \(unit)")
            precondition(type != .info, "an info has no unit")
        }
        precondition(names.insert(text).inserted, "\(text) is one family")
        for suffix in type.sampleSuffixes {
            precondition(names.insert(text + suffix).inserted, "\(text)\(suffix) is one metric")
        }
    }
}

extension MetricType {
    /// What samples of counters and infos end in: what stays of the type in Prometheus' format.
    var suffix: StaticString {
        switch self {
        case .counter: "_total"
        case .info: "_info"
        case .gauge, .histogram: ""
        }
    }

    /// Ends of names that belong to the formats, and so to no family.
    static var reservedSuffixes: [String] {
        ["_total", "_created", "_bucket", "_count", "_sum", "_info"]
    }

    /// Names that samples of this type have, beside the family's own.
    var sampleSuffixes: [String] {
        switch self {
        case .counter: ["_total"]
        case .gauge: []
        case .histogram: ["_bucket", "_count", "_sum"]
        case .info: ["_info"]
        }
    }

    func name(in format: MetricsFormat) -> StaticString {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        // Prometheus' format knows no infos; there they are gauges of 1.
        case .info: format == .openMetrics ? "info" : "gauge"
        }
    }
}
