internal import Contract
internal import Exposition
internal import Ledger
internal import Time

/// Which notices operations lack (C1-C3).
extension Metrics {
    func writeMissingNotices(
        _ writer: inout MetricsWriter, _ operations: [(UInt32, Catalogue.Operation)]
    ) {
        writer.family(
            "portillon_missing_notice", .gauge,
            help: "1 while the operation lacks the notice, else 0.")
        let now = shared.ledgerTime
        for (_, operation) in operations {
            let missing = Set(operation.missingNotices(at: now).map(\.kind))
            for kind in MissingNotice.Kind.allCases {
                writer.sample(UInt64(missing.contains(kind) ? 1 : 0)) { labels in
                    labels.add("operation", operation.id)
                    labels.add("notice", kind.rawValue)
                }
            }
        }
    }
}
