import Bytes
import Exposition
import LockFree
import Testing

@Suite("The metrics writer")
struct MetricsWriterTests {
    @Test("writes Prometheus' text")
    func writesPrometheus() {
        #expect(Sample.text(.prometheus) == Sample.prometheus)
    }

    @Test("writes OpenMetrics")
    func writesOpenMetrics() {
        #expect(Sample.text(.openMetrics) == Sample.openMetrics)
    }

    @Test("writes what another reader of the rules accepts, in both formats")
    func followsTheRules() throws {
        let plain = try Exposed(Sample.text(.prometheus), openMetrics: false)
        let open = try Exposed(Sample.text(.openMetrics), openMetrics: true)
        #expect(plain.samples.count == open.samples.count)
        #expect(plain.samples.map(\.line) == open.samples.map(\.line))
    }

    @Test("escapes every byte that a label may hold, so that reading gives it back")
    func escapesLabels() throws {
        var values = (0..<128).map { String(UnicodeScalar(UInt8($0))) }
        values += ["", "\\n", "a\\\"b\nc", "été 🎲", "\"", "}", "} 1\n# EOF\n"]
        for format in [MetricsFormat.prometheus, .openMetrics] {
            for value in values {
                var writer = MetricsWriter(format: format)
                writer.family("portillon_test", .gauge, help: "Help.")
                writer.sample(7) { $0.add("name", value) }
                let exposed = try Exposed(writer.finish().text, openMetrics: format == .openMetrics)
                #expect(exposed.samples.count == 1)
                #expect(exposed.samples.first?.labels.first?.value == value)
            }
        }
    }

    @Test("repairs what is not UTF-8")
    func repairsText() throws {
        var writer = MetricsWriter(format: .openMetrics)
        writer.family("portillon_test", .gauge, help: "Help.")
        let bytes: [UInt8] = [0x61, 0xFF, 0x22, 0xC3]
        writer.sample(7) { unsafe $0.add("name", bytes.span.bytes) }
        let exposed = try Exposed(writer.finish().text, openMetrics: true)
        #expect(exposed.samples.first?.labels.first?.value == "a\u{FFFD}\"\u{FFFD}")
    }

    @Test("escapes help as each format says")
    func escapesHelp() {
        #expect(help(.prometheus) == "# HELP portillon_test A \\\\ b\\n\"c\".")
        #expect(help(.openMetrics) == "# HELP portillon_test A \\\\ b\\n\\\"c\\\".")
    }

    private func help(_ format: MetricsFormat) -> String? {
        var writer = MetricsWriter(format: format)
        writer.family("portillon_test", .gauge, help: "A \\ b\n\"c\".")
        return writer.finish().text.split(separator: "\n").first.map(String.init)
    }

    @Test("writes integers exactly, and doubles so that they read back the same")
    func writesNumbers() {
        #expect(written { $0.sample(UInt64.max) } == "18446744073709551615")
        #expect(written { $0.sample(Int64.min) } == "-9223372036854775808")
        #expect(written { $0.sample(0) } == "0")
        #expect(written { $0.sample(Double.nan) } == "NaN")
        #expect(written { $0.sample(Double.infinity) } == "+Inf")
        #expect(written { $0.sample(-Double.infinity) } == "-Inf")
        for value: Double in [
            0.1, 1e300, .leastNonzeroMagnitude, 1 / 3, -2.5, 0.1 + 0.2, 1e16, 123_456_789.0,
        ] {
            let text = written { $0.sample(value) }
            #expect(Double(text) == value)
            #expect(text.allSatisfy { "0123456789.e+-".contains($0) })
        }
    }

    private func written(_ sample: (inout MetricsWriter) -> Void) -> String {
        var writer = MetricsWriter(format: .prometheus)
        writer.family("portillon_test", .gauge, help: "Help.")
        sample(&writer)
        let line = writer.finish().text.split(separator: "\n").last ?? ""
        return String(line.split(separator: " ").last ?? "")
    }

    @Test("writes a histogram's bounds and counts exactly, for every octave and scale")
    func writesHistograms() throws {
        let table = HistogramTable(shards: 1, histograms: 1)
        for octave in 0...36 {
            for offset in [-1, 0, 1] {
                table.record(UInt64((1 << octave) + offset), in: 0, shard: 0)
            }
        }
        let snapshot = table.snapshot(of: 0)
        for (scale, unit) in [
            (HistogramScale.ones, 1.0), (.microseconds, 1e6), (.nanoseconds, 1e9),
        ] {
            var writer = MetricsWriter(format: .openMetrics)
            if scale == .ones {
                writer.family("portillon_test", .histogram, help: "Help.")
            } else {
                writer.family("portillon_test_seconds", .histogram, unit: "seconds", help: "Help.")
            }
            writer.histogram(snapshot, scale: scale, octaves: 0...36) { $0.add("a", "b") }
            let exposed = try Exposed(writer.finish().text, openMetrics: true)
            let buckets = exposed.samples.filter { $0.name.hasSuffix("_bucket") }
            #expect(buckets.count == 38)
            for (octave, bucket) in buckets.dropLast().enumerated() {
                let bound = bucket.labels.last?.value ?? ""
                #expect(Double(bound) == Double(1 << octave) / unit)
                #expect(bucket.value == String(snapshot.cumulativeCount(atMostOctave: octave)))
            }
            let sum = try #require(exposed.samples.first { $0.name.hasSuffix("_sum") })
            #expect(Double(sum.value) == Double(snapshot.sum) / unit)
        }
    }

    @Test("writes histograms with decimal bounds, exactly")
    func writesDecimalBounds() throws {
        let table = HistogramTable(shards: 1, histograms: 1)
        for milliseconds in [4, 5, 6, 240, 250, 251] {
            table.record(UInt64(milliseconds) * 1_000_000, in: 0, shard: 0)
        }
        table.record(250_000_001, in: 0, shard: 0)
        var writer = MetricsWriter(format: .prometheus)
        writer.family("portillon_test_seconds", .histogram, unit: "seconds", help: "Help.")
        writer.histogram(
            table.snapshot(of: 0), scale: .nanoseconds,
            bounds: HistogramBuckets.decimalBounds.filter { (5_000_000...250_000_000).contains($0) }
        )
        let exposed = try Exposed(writer.finish().text, openMetrics: false)
        let buckets = exposed.samples.filter { $0.name.hasSuffix("_bucket") }
        #expect(
            buckets.map { $0.labels.last?.value } == [
                "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "+Inf",
            ])
        #expect(buckets.map(\.value) == ["2", "3", "3", "3", "3", "5", "7"])
    }

    @Test("writes bounds canonically")
    func writesCanonicalBounds() throws {
        #expect(try bound(0, .ones) == "1.0")
        #expect(try bound(17, .ones) == "131072.0")
        #expect(try bound(20, .ones) == "1.048576e+06")
        #expect(try bound(0, .microseconds) == "1e-06")
        #expect(try bound(6, .microseconds) == "6.4e-05")
        #expect(try bound(7, .microseconds) == "0.000128")
        #expect(try bound(10, .microseconds) == "0.001024")
        #expect(try bound(20, .microseconds) == "1.048576")
        #expect(try bound(30, .nanoseconds) == "1.073741824")
        #expect(try bound(0, .nanoseconds) == "1e-09")
    }

    private func bound(_ octave: Int, _ scale: HistogramScale) throws -> String? {
        var writer = MetricsWriter(format: .prometheus)
        if scale == .ones {
            writer.family("portillon_test", .histogram, help: "Help.")
        } else {
            writer.family("portillon_test_seconds", .histogram, unit: "seconds", help: "Help.")
        }
        writer.histogram(HistogramSnapshot(), scale: scale, octaves: octave...octave)
        let exposed = try Exposed(writer.finish().text, openMetrics: false)
        return exposed.samples.first?.labels.first?.value
    }

    @Test("repeats kept labels, and writes into a buffer that is handed back")
    func reusesWhatItIsGiven() {
        var labels = LabelSet()
        labels.add("operation", "ete-2026")
        labels.add("number", 42)
        var buffer = ByteBuffer(capacity: 10)
        for _ in 0..<2 {
            buffer.removeAll()
            var writer = MetricsWriter(format: .openMetrics, buffer: buffer)
            writer.family("portillon_entries", .counter, help: "Entries.")
            writer.sample(5, labels: labels)
            buffer = writer.finish()
            #expect(
                buffer.text.hasSuffix(
                    "\nportillon_entries_total{operation=\"ete-2026\",number=\"42\"} 5\n# EOF\n"))
        }
    }
}

@Suite("The metrics writer stops a programmer", .serialized)
struct MetricsWriterTrapTests {
    @Test("who writes a sample of no family, or of another type")
    func misplacedSample() async {
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(format: .prometheus)
            writer.sample(1)
        }
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(format: .prometheus)
            writer.family("a", .histogram, help: "H.")
            writer.sample(1)
        }
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(format: .prometheus)
            writer.family("a", .info, help: "H.")
            writer.sample(1)
        }
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(format: .prometheus)
            writer.family("a", .counter, help: "H.")
            writer.sample(-1)
        }
    }

    @Test("who names two families alike, by name or by their samples'")
    func collidingNames() async {
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(format: .prometheus)
            writer.family("a", .counter, help: "H.")
            writer.family("a", .gauge, help: "H.")
        }
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(format: .prometheus)
            writer.family("a_total", .counter, help: "H.")
        }
    }

    @Test("who names a metric or a label what it cannot be named")
    func wrongNames() async {
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(format: .prometheus)
            writer.family("1a", .gauge, help: "H.")
        }
        await #expect(processExitsWith: .failure) {
            var writer = MetricsWriter(format: .prometheus)
            writer.family("a_bytes", .gauge, unit: "seconds", help: "H.")
        }
        await #expect(processExitsWith: .failure) {
            var labels = LabelSet()
            labels.add("le", "1")
        }
        await #expect(processExitsWith: .failure) {
            var labels = LabelSet()
            labels.add("a", "1")
            labels.add("a", "2")
        }
        await #expect(processExitsWith: .failure) {
            var labels = LabelSet()
            labels.add("a-b", "1")
        }
    }
}
