import Benchmark
import Bytes
import Exposition

/// A scrape: 5,000 series of one family, labelled as the gateway labels its entries.
func exposition() -> [String] {
    [
        measure("exposition: write 5,000 series", .one) {
            let operations = operationNames()
            return { benchmark in
                benchmark.startMeasurement()
                let text = scrape(of: operations)
                benchmark.stopMeasurement()
                try Wrong.unless(UInt64(text.lineCount), is: 5_003, "lines written")
            }
        },
        measure("exposition: gzip the text of 5,000 series", .one) {
            let operations = operationNames()
            return { benchmark in
                let text = scrape(of: operations)
                var gzip = try Gzip()
                benchmark.startMeasurement()
                var output = ByteBuffer(capacity: text.count / 4)
                try gzip.compress(text.bytes, into: &output)
                benchmark.stopMeasurement()
                if output.count == 0 || output.count > text.count / 4 {
                    throw Wrong(description: "\(text.count) bytes were made \(output.count)")
                }
            }
        },
    ]
}

private let verdicts: [StaticString] = [
    "accepted", "repeated", "not_open", "closed", "refused_age", "refused_consents",
    "refused_origin", "suspended",
]

private func operationNames() -> [String] {
    (0..<(5_000 / verdicts.count)).map { "operation-\($0)" }
}

@inline(never)
private func scrape(of operations: [String]) -> ByteBuffer {
    var writer = MetricsWriter(format: .openMetrics)
    writer.family("portillon_entries", .counter, help: "Entries answered, by verdict.")
    var count: UInt64 = 0
    for operation in operations {
        for verdict in verdicts {
            count += 977
            writer.sample(count) { labels in
                labels.add("operation", operation)
                labels.add("verdict", verdict)
            }
        }
    }
    return writer.finish()
}

extension ByteBuffer {
    fileprivate var lineCount: Int {
        (0..<bytes.byteCount).reduce(0) { $0 + (bytes[$1] == ASCII.lineFeed ? 1 : 0) }
    }
}
