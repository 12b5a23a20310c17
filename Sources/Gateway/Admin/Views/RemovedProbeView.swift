internal import Ledger
internal import Time

/// A probe that was removed.
struct RemovedProbeView: Encodable {
    let probe: String
    let reportedAt: String

    init(_ probe: MinuteTable.Probe) {
        self.probe = probe.name
        reportedAt = probe.reportedAt.rfc3339
    }

    private enum CodingKeys: String, CodingKey {
        case probe
        case reportedAt = "reported_at"
    }

    // MARK: Shapes

    static let shape = Shape.object([
        .required("probe", .identifier),
        .required("reported_at", .time, "When its last report was recorded."),
    ])
}
