/// The journal's room in the status.
struct JournalView: Encodable {
    let allocatedBytes: Int
    let usedBytes: Int
    let diskFreeBytes: Int
    let diskBytes: Int
    let bytesPerSecond: Double
    let fullInSeconds: Double?

    init(_ reading: JournalFigures.Reading) {
        allocatedBytes = reading.allocatedBytes
        usedBytes = reading.usedBytes
        diskFreeBytes = reading.freeBytes
        diskBytes = reading.diskBytes
        bytesPerSecond = reading.bytesPerSecond.rounded()
        fullInSeconds = reading.secondsUntilFull?.rounded()
    }

    private enum CodingKeys: String, CodingKey {
        case allocatedBytes = "allocated_bytes"
        case usedBytes = "used_bytes"
        case diskFreeBytes = "disk_free_bytes"
        case diskBytes = "disk_bytes"
        case bytesPerSecond = "bytes_per_second"
        case fullInSeconds = "full_in_seconds"
    }
}

extension JournalView {
    static let shape = Shape.object([
        .required("allocated_bytes", .count, "On disk, with what is allocated ahead."),
        .required("used_bytes", .count, "What of it holds records."),
        .required("disk_free_bytes", .count), .required("disk_bytes", .count),
        .required("bytes_per_second", .number, "Written, over the last ten minutes."),
        .optional("full_in_seconds", .number, "At that rate; absent while nothing is written."),
    ])
}
