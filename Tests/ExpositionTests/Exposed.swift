import Testing

/// Reads an exposition again and holds it to the formats' rules: written from the specifications,
/// and sharing nothing with the writer.
struct Exposed {
    struct Sample {
        var line: String
        var name: String
        var labels: [(name: String, value: String)] = []
        var value: String
    }

    struct Broken: Error, CustomStringConvertible {
        var description: String
    }

    private(set) var samples: [Sample] = []
    private let openMetrics: Bool
    private var types: [String: String] = [:]
    private var current: String?
    private var series: Set<String> = []

    init(_ text: String, openMetrics: Bool) throws {
        self.openMetrics = openMetrics
        guard text.utf8.last == 0x0A else { throw Broken(description: "no line feed at the end") }
        // By bytes: a label may hold CR, which is one Character with the LF behind it.
        var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        lines.removeLast()
        if openMetrics {
            guard lines.popLast() == "# EOF" else { throw Broken(description: "no # EOF") }
        }
        for line in lines {
            if line.hasPrefix("# ") { try readMetadata(line) } else { try readSample(line) }
        }
        try checkHistograms()
    }

    private mutating func readMetadata(_ line: String) throws {
        let words = line.split(separator: " ", maxSplits: 3).map(String.init)
        guard words.count == 4 else { throw Broken(description: "metadata: \(line)") }
        let (keyword, name, rest) = (words[1], words[2], words[3])
        if name != current {
            guard types[name] == nil else { throw Broken(description: "\(name) is not together") }
            current = name
            types[name] = "unknown"
        }
        switch keyword {
        case "TYPE":
            let known = ["counter", "gauge", "histogram"] + (openMetrics ? ["info"] : [])
            guard known.contains(rest) else { throw Broken(description: "type: \(line)") }
            types[name] = rest
        case "UNIT":
            guard openMetrics, name.hasSuffix("_" + rest) else {
                throw Broken(description: "unit: \(line)")
            }
        case "HELP": break
        default: throw Broken(description: "keyword: \(line)")
        }
    }

    private mutating func readSample(_ line: String) throws {
        var rest = Substring(line)
        let name = String(rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        rest.removeFirst(name.count)
        var sample = Sample(line: line, name: name, value: "")
        if rest.first == "{" { sample.labels = try readLabels(&rest, line) }
        guard rest.first == " " else { throw Broken(description: "no value: \(line)") }
        sample.value = String(rest.dropFirst())
        guard isNumber(sample.value) else { throw Broken(description: "value: \(line)") }
        let suffixes: [String: [String]] = [
            "counter": [openMetrics ? "_total" : ""], "gauge": [""], "info": ["_info"],
            "histogram": ["_bucket", "_sum", "_count"],
        ]
        guard let family = current, let type = types[family],
            (suffixes[type] ?? []).contains(where: { family + $0 == name })
        else { throw Broken(description: "not of its family: \(line)") }
        guard !(type == "counter" && sample.value.hasPrefix("-")) else {
            throw Broken(description: "negative counter: \(line)")
        }
        let key = name + sample.labels.map { "\u{1}\($0.name)\u{2}\($0.value)" }.sorted().joined()
        guard series.insert(key).inserted else { throw Broken(description: "twice: \(line)") }
        samples.append(sample)
    }

    private func readLabels(
        _ rest: inout Substring, _ line: String
    ) throws -> [(name: String, value: String)] {
        // By scalars: a combining mark in a value would join with the quote before it.
        var scalars = rest.unicodeScalars.dropFirst()
        var labels: [(name: String, value: String)] = []
        while scalars.first != "}" {
            if !labels.isEmpty, scalars.popFirst() != "," {
                throw Broken(description: "between labels: \(line)")
            }
            var name = ""
            while let next = scalars.popFirst(), next != "=" { name.unicodeScalars.append(next) }
            guard scalars.popFirst() == "\"" else { throw Broken(description: "quote: \(line)") }
            var value = ""
            while let next = scalars.popFirst(), next != "\"" {
                if next != "\\" {
                    value.unicodeScalars.append(next)
                    continue
                }
                switch scalars.popFirst() {
                case "n": value.append("\n")
                case "\"": value.append("\"")
                case "\\": value.append("\\")
                default: throw Broken(description: "escape: \(line)")
                }
            }
            labels.append((name, value))
        }
        rest = Substring(scalars.dropFirst())
        return labels
    }

    private func isNumber(_ text: String) -> Bool {
        if ["NaN", "+Inf", "-Inf"].contains(text) { return true }
        let digits = text.allSatisfy { "0123456789.e+-".contains($0) }
        return digits && Double(text) != nil
    }

    /// Bounds rise to +Inf, counts do not fall, the last bucket is the count.
    private func checkHistograms() throws {
        var bound = -Double.infinity
        var last: UInt64 = 0
        for sample in samples {
            if sample.name.hasSuffix("_bucket"), let le = sample.labels.last, le.name == "le" {
                guard let next = le.value == "+Inf" ? .infinity : Double(le.value),
                    let count = UInt64(sample.value), next > bound, count >= last,
                    le.value == "+Inf" || le.value.contains(where: { $0 == "." || $0 == "e" })
                else { throw Broken(description: "bucket: \(sample.line)") }
                (bound, last) = (next, count)
            } else if sample.name.hasSuffix("_count") {
                guard bound == .infinity, UInt64(sample.value) == last else {
                    throw Broken(description: "count: \(sample.line)")
                }
                (bound, last) = (-.infinity, 0)
            }
        }
    }
}
