import Bytes
import Exposition
import LockFree

/// One of everything, written, and how it must look.
enum Sample {
    static func text(_ format: MetricsFormat) -> String {
        var writer = MetricsWriter(format: format)
        writer.family("portillon_build", .info, help: "What runs.")
        writer.info { $0.add("version", "1.0") }
        writer.family("portillon_entries", .counter, help: "Entries, by verdict.")
        writer.sample(50_001) { labels in
            labels.add("operation", "ete-2026")
            labels.add("verdict", "accepted")
        }
        writer.sample(7) { labels in
            labels.add("operation", "a \"b\" \\ c\nd")
            labels.add("verdict", "repeated")
        }
        writer.family("portillon_journal_bytes", .gauge, unit: "bytes", help: "On disk.")
        writer.sample(4096)
        writer.family("portillon_availability_ratio", .gauge, help: "Of the month.")
        writer.sample(0.99995) { $0.add("month", "2026-11") }
        writer.family(
            "portillon_commit_duration_seconds", .histogram, unit: "seconds", help: "Of a batch.")
        let table = HistogramTable(shards: 1, histograms: 2)
        for microseconds: UInt64 in [300, 1024, 1025, 5000] {
            table.record(microseconds * 1000, in: 0, shard: 0)
            table.record(microseconds, in: 1, shard: 0)
        }
        writer.histogram(table.snapshot(of: 1), scale: .microseconds, octaves: 8...12, step: 2)
        writer.family("portillon_commit_entries", .histogram, help: "Of a batch.")
        writer.histogram(table.snapshot(of: 1), scale: .ones, octaves: 10...12) {
            $0.add("disk", "a")
        }
        return writer.finish().text
    }

    static let prometheus = """
        # HELP portillon_build_info What runs.
        # TYPE portillon_build_info gauge
        portillon_build_info{version="1.0"} 1
        # HELP portillon_entries_total Entries, by verdict.
        # TYPE portillon_entries_total counter
        portillon_entries_total{operation="ete-2026",verdict="accepted"} 50001
        portillon_entries_total{operation="a \\"b\\" \\\\ c\\nd",verdict="repeated"} 7
        # HELP portillon_journal_bytes On disk.
        # TYPE portillon_journal_bytes gauge
        portillon_journal_bytes 4096
        # HELP portillon_availability_ratio Of the month.
        # TYPE portillon_availability_ratio gauge
        portillon_availability_ratio{month="2026-11"} 0.99995
        # HELP portillon_commit_duration_seconds Of a batch.
        # TYPE portillon_commit_duration_seconds histogram
        \(histograms[0])
        # HELP portillon_commit_entries Of a batch.
        # TYPE portillon_commit_entries histogram
        \(histograms[1])

        """

    static let openMetrics = """
        # HELP portillon_build What runs.
        # TYPE portillon_build info
        portillon_build_info{version="1.0"} 1
        # HELP portillon_entries Entries, by verdict.
        # TYPE portillon_entries counter
        portillon_entries_total{operation="ete-2026",verdict="accepted"} 50001
        portillon_entries_total{operation="a \\"b\\" \\\\ c\\nd",verdict="repeated"} 7
        # HELP portillon_journal_bytes On disk.
        # TYPE portillon_journal_bytes gauge
        # UNIT portillon_journal_bytes bytes
        portillon_journal_bytes 4096
        # HELP portillon_availability_ratio Of the month.
        # TYPE portillon_availability_ratio gauge
        portillon_availability_ratio{month="2026-11"} 0.99995
        # HELP portillon_commit_duration_seconds Of a batch.
        # TYPE portillon_commit_duration_seconds histogram
        # UNIT portillon_commit_duration_seconds seconds
        \(histograms[0])
        # HELP portillon_commit_entries Of a batch.
        # TYPE portillon_commit_entries histogram
        \(histograms[1])
        # EOF

        """

    private static let histograms = [
        """
        portillon_commit_duration_seconds_bucket{le="0.000256"} 0
        portillon_commit_duration_seconds_bucket{le="0.001024"} 2
        portillon_commit_duration_seconds_bucket{le="0.004096"} 3
        portillon_commit_duration_seconds_bucket{le="+Inf"} 4
        portillon_commit_duration_seconds_sum 0.007349
        portillon_commit_duration_seconds_count 4
        """,
        """
        portillon_commit_entries_bucket{disk="a",le="1024.0"} 2
        portillon_commit_entries_bucket{disk="a",le="2048.0"} 3
        portillon_commit_entries_bucket{disk="a",le="4096.0"} 3
        portillon_commit_entries_bucket{disk="a",le="+Inf"} 4
        portillon_commit_entries_sum{disk="a"} 7349
        portillon_commit_entries_count{disk="a"} 4
        """,
    ]
}
