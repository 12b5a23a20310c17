internal import Bytes

/// Samples of counters, gauges and infos. `labels` adds the sample's labels to an empty set; a set
/// that the caller keeps costs less.
///
/// Precondition of all: the current family has that type.
extension MetricsWriter {
    /// Writes a sample of a counter or a gauge. - Precondition: a counter's value is not negative.
    package mutating func sample(_ value: UInt64, _ labels: (inout LabelSet) -> Void = { _ in }) {
        gather(labels)
        beginSample(ofInfo: false)
        appendOwnLabels()
        buffer.append(decimal: value)
        buffer.append(ASCII.lineFeed)
    }

    package mutating func sample(_ value: Int64, _ labels: (inout LabelSet) -> Void = { _ in }) {
        gather(labels)
        beginSample(ofInfo: false)
        precondition(value >= 0 || !isCounter, "a counter is not negative")
        appendOwnLabels()
        buffer.append(signed: value)
        buffer.append(ASCII.lineFeed)
    }

    package mutating func sample(_ value: Int, _ labels: (inout LabelSet) -> Void = { _ in }) {
        sample(Int64(value), labels)
    }

    package mutating func sample(_ value: Double, _ labels: (inout LabelSet) -> Void = { _ in }) {
        gather(labels)
        beginSample(ofInfo: false)
        precondition(value >= 0 || !isCounter, "a counter is a number, and not negative")
        appendOwnLabels()
        buffer.append(shortest: value)
        buffer.append(ASCII.lineFeed)
    }

    /// Writes a sample with kept labels: the fast way, for thousands of series.
    package mutating func sample(_ value: UInt64, labels: borrowing LabelSet) {
        beginSample(ofInfo: false)
        append(labels)
        buffer.append(decimal: value)
        buffer.append(ASCII.lineFeed)
    }

    /// Writes the sample of an info.
    package mutating func info(_ labels: (inout LabelSet) -> Void) {
        gather(labels)
        beginSample(ofInfo: true)
        appendOwnLabels()
        buffer.append("1\n")
    }

    // MARK: The parts of a line

    private var isCounter: Bool { family?.type == .counter }

    mutating func gather(_ add: (inout LabelSet) -> Void) {
        labels.removeAll()
        add(&labels)
    }

    private mutating func beginSample(ofInfo isInfo: Bool) {
        guard let family else { preconditionFailure("a sample follows its family") }
        precondition(family.type != .histogram, "a histogram's samples come from a snapshot")
        precondition((family.type == .info) == isInfo, "a sample of its family's type")
        buffer.append(family.name)
        buffer.append(family.type.suffix)
    }

    private mutating func appendOwnLabels() {
        buffer.appendBraced(labels)
    }

    private mutating func append(_ labels: borrowing LabelSet) {
        buffer.appendBraced(labels)
    }
}

extension ByteBuffer {
    /// Appends a sample's labels and the space before its value.
    mutating func appendBraced(_ labels: borrowing LabelSet) {
        if labels.count > 0 {
            append(0x7B)
            append(labels.bytes)
            append(0x7D)
        }
        append(ASCII.space)
    }
}
