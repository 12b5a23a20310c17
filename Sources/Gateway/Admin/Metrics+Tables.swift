internal import Exposition
internal import Synchronization

/// The families that tell how much memory participants take, and how much they may.
extension Metrics {
    func writeTables(_ writer: inout MetricsWriter) {
        writer.family(
            "portillon_table_bytes", .gauge, unit: "bytes",
            help: "Memory of the tables that grow with entries.")
        writer.sample(shared.tableBytes.load(ordering: .relaxed))
        writer.family(
            "portillon_table_limit_bytes", .gauge, unit: "bytes",
            help: "Memory that they may take; then new participants are refused.")
        writer.sample(shared.tableLimit.load(ordering: .relaxed))
        writer.family(
            "portillon_table_full_timestamp_seconds", .gauge, unit: "seconds",
            help: "When they will be full at the rate of the last hour; none if not in a year.")
        let fullAt = shared.tablesFullAt.load(ordering: .relaxed)
        if fullAt < .max { writer.sample(Double(fullAt) / 1_000) }
    }
}
