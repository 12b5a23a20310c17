internal import Exposition
internal import Time

/// The families that tell of the disk's room, of the last reload, and of tokens that were refused.
extension Metrics {
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
