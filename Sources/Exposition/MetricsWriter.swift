package import Bytes

/// Writes metrics as text in either format, family by family.
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
/// The writer handles the differences between the formats: callers name families without the
/// `_total` and `_info` of their samples. Construction or preconditions ensure what both formats
/// require: names are valid and unique, samples follow their family, counters are not negative. One
/// requirement is left to the caller because checking it is expensive: no two samples of a family
/// have the same labels.
package struct MetricsWriter: ~Copyable {
    package let format: MetricsFormat
    /// The text so far.
    var buffer: ByteBuffer
    /// The labels of the current sample; reused, so that samples do not allocate.
    var labels = LabelSet()
    /// The current family; nil before the first.
    var family: Family?
    /// Every name of a family or its samples; no two families may share one.
    private var names: Set<String> = []

    struct Family {
        let name: StaticString
        let type: MetricType
        let isInSeconds: Bool
    }

    /// - Parameter buffer: the text is appended to it; the emptied buffer of the last scrape avoids
    ///   growing.
    package init(
        format: MetricsFormat, buffer: consuming ByteBuffer = ByteBuffer(capacity: 65_536)
    ) {
        self.format = format
        self.buffer = buffer
    }

    /// Ends the text and returns it.
    package consuming func finish() -> ByteBuffer {
        end()
        return buffer
    }

    /// Ends the text: nothing is written behind it.
    package mutating func end() {
        if format == .openMetrics { buffer.append("# EOF\n") }
    }

    // MARK: Piece by piece

    /// Bytes of the text that were not taken.
    package var count: Int { buffer.count }

    /// Takes the first bytes of the text, for who sends it while it is written.
    package mutating func take(atMost maximum: Int) -> [UInt8] {
        let length = min(maximum, buffer.count)
        let piece = buffer.bytes.extracting(0..<length).array
        buffer.removeFirst(length)
        return piece
    }

    /// Begins a family; its samples follow.
    ///
    /// - Parameters:
    ///   - name: without `_total` for counters, without `_info` for infos.
    ///   - unit: the base unit, `seconds` or `bytes`; the name must end in it, after a `_`.
    ///   - help: a sentence that explains the family.
    /// - Precondition: the names are valid, and no other family has this name or its samples'
    ///   names.
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

    /// Checks a family's name and reserves it together with its samples' names.
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
    /// The suffix of samples of counters and infos.
    var suffix: StaticString {
        switch self {
        case .counter: "_total"
        case .info: "_info"
        case .gauge, .histogram: ""
        }
    }

    /// Suffixes that the formats reserve; no family's name may end in one.
    static var reservedSuffixes: [String] {
        ["_total", "_created", "_bucket", "_count", "_sum", "_info"]
    }

    /// The suffixes of this type's samples, beside the family's own name.
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
        // Prometheus' format has no infos; there they are gauges of 1.
        case .info: format == .openMetrics ? "info" : "gauge"
        }
    }
}
