import Benchmark
import Bytes
import Time
import Wire

/// The answer to an accepted entry, as a worker writes it.
func answers() -> [String] {
    [
        measure("answer: write a 201 with its body", .kilo) {
            { benchmark in
                let time = Timestamp(milliseconds: 1_795_176_000_000)
                var usual = ByteBuffer(capacity: 128)
                usual.append(usualFields: time)
                let operation = "ete-2026"
                var body = ByteBuffer(capacity: 1_024)
                var extra = HeaderLines()
                var outbox = ByteBuffer(capacity: 1 << 16)
                var written = 0
                benchmark.startMeasurement()
                for number in benchmark.scaledIterations {
                    body.removeAll()
                    body.append("{\"verdict\":\"accepted\",\"operation\":\"" as StaticString)
                    body.append(operation)
                    body.append("\",\"entry\":\"" as StaticString)
                    body.append(decimal: UInt64(228_001_234_567_890_000 + number))
                    body.append("\",\"participant_number\":" as StaticString)
                    body.append(decimal: UInt64(100_000 + number))
                    body.append(",\"at\":\"" as StaticString)
                    body.append(rfc3339: time)
                    body.append("\"}" as StaticString)
                    extra.append("Access-Control-Allow-Origin", "*")
                    outbox.removeAll()
                    outbox.append(
                        response: .created, usual: usual.bytes, contentType: "application/json",
                        headers: extra, body: body.bytes)
                    extra.removeAll()
                    written += outbox.count
                }
                benchmark.stopMeasurement()
                try Wrong.unless(UInt64(written), is: UInt64(outbox.count * 1_000), "bytes written")
            }
        }
    ]
}
