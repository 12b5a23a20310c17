internal import Bytes
internal import Exposition
internal import Ledger
internal import LockFree
internal import Projections
internal import Time

/// The families that tell who pushes, and what the gate does: reasons, sources and answer times by
/// operation.
extension Metrics {
    /// Operations whose answer times are written, the newest: 17 series each.
    static var timedOperations: Int { 1_000 }

    func writePushing(_ writer: inout MetricsWriter) {
        let catalogue = shared.projected.catalogue
        let operations = catalogue.standing.map { ($0, catalogue.operations[Int($0)].id) }
        let meter = shared.instruments.operations
        writer.family(
            "portillon_refusals", .counter,
            help: "Entries refused since the process started, by operation and reason.")
        for (index, operation) in operations {
            for cause in RefusalCause.allCases {
                writer.sample(meter.refusals(cause, of: index)) { labels in
                    labels.add("operation", operation)
                    labels.add("reason", cause.code)
                }
            }
        }
        writeSources(&writer, operations)
        writer.family(
            "portillon_entry_duration_seconds", .histogram, unit: "seconds",
            help: "Time from an operation's complete entry to its answer, whatever the answer.")
        for (index, operation) in operations.suffix(Self.timedOperations) {
            let times = meter.times(of: index)
            writer.histogram(
                times.cumulative, count: times.count, sum: times.nanoseconds, scale: .nanoseconds
            ) { $0.add("operation", operation) }
        }
    }

    private func writeSources(_ writer: inout MetricsWriter, _ operations: [(UInt32, String)]) {
        writer.family(
            "portillon_source_entries", .counter,
            help: "Entries accepted since the process started, by declared campaign tag.")
        let tags = shared.sources.tags
        for (index, operation) in operations {
            let tags = tags[index] ?? []
            let counts = shared.sources.counts(tags.count, of: index)
            var others = counts[0]
            for (tag, count) in zip(tags, counts.dropFirst()) {
                // A tag may be called like the series of the others: then it is among them.
                guard tag.isDeclared, tag.source != Self.otherSources else {
                    others += count
                    continue
                }
                others += tag.before
                writer.sample(count - tag.before) { labels in
                    labels.add("operation", operation)
                    labels.add("source", tag.source)
                }
            }
            writer.sample(others) { labels in
                labels.add("operation", operation)
                labels.add("source", Self.otherSources)
            }
        }
    }

    /// Undeclared tags, those beyond the operation's bound, and none.
    private static let otherSources = "other"

    // MARK: Room, and the last reload

    func writeDisk(_ writer: inout MetricsWriter) {
        let reading = journal.read()
        writer.family(
            "portillon_journal_bytes", .gauge, unit: "bytes",
            help: "Size of the journal on disk, with what is allocated ahead.")
        writer.sample(reading.allocatedBytes)
        writer.family(
            "portillon_journal_used_bytes", .gauge, unit: "bytes",
            help: "What of the journal's size holds records.")
        writer.sample(reading.usedBytes)
        writer.family(
            "portillon_journal_written_bytes", .counter, unit: "bytes",
            help: "Bytes of the batches stored since the process started.")
        writer.sample(shared.journal.writtenBytes)
        writer.family(
            "portillon_disk_bytes", .gauge, unit: "bytes",
            help: "Size of the file system that the journal is on.")
        writer.sample(reading.diskBytes)
        writer.family(
            "portillon_disk_free_bytes", .gauge, unit: "bytes",
            help: "Free bytes of that file system, for the gateway's user.")
        writer.sample(reading.freeBytes)
        writer.family(
            "portillon_disk_full_seconds", .gauge, unit: "seconds",
            help: "Seconds until it is full at the rate of the last ten minutes; +Inf for never.")
        writer.sample(reading.secondsUntilFull ?? .infinity)
    }

    func writeReloads(_ writer: inout MetricsWriter) {
        let last = shared.reloads.last
        writer.family(
            "portillon_config_last_reload_successful", .gauge,
            help: "1 if the last reload of the configuration took effect, or none was asked for.")
        writer.sample(UInt64(last.isSuccessful ? 1 : 0))
        writer.family(
            "portillon_config_last_reload_success_timestamp_seconds", .gauge, unit: "seconds",
            help: "When the configuration in force was read, since 1970-01-01T00:00:00Z.")
        writer.sample(Double(last.succeededAt.milliseconds) / 1_000)
        writer.family(
            "portillon_tokens_refused", .counter,
            help: "Requests of the admin listener without a token that permits them, by reason.")
        for reason in TokenRefusal.allCases {
            writer.sample(shared.refusedTokens.count(of: reason)) {
                $0.add("reason", reason.label)
            }
        }
    }
}
