internal import Log

/// Why an operation is not exported.
enum ExportError: Error, CustomStringConvertible {
    /// What people gave cannot be opened any more.
    case keyMissing(String)
    /// The files do not hold a record that this process has stored.
    case otherLog(String, UInt64)
    /// Records are not here: their segments were archived elsewhere, or are lost.
    /// - Parameter archive: the folder that they are looked for in.
    case archived(Range<UInt64>, archive: String)

    var description: String {
        switch self {
        case .keyMissing(let id):
            "the key file of operation \(id) is missing; restore it from a backup of keys/"
        case .otherLog(let path, let record):
            "\(path) is not the journal that this process writes: record \(record) is missing or "
                + "differs; stop the gateway and put the journal back"
        case .archived(let records, let archive):
            "the journal's records \(records.lowerBound) to \(records.upperBound - 1) are needed "
                + "and are not here: the segments before "
                + "\(LogFormat.segmentName(firstSequence: records.upperBound)), from "
                + "\(LogFormat.segmentName(firstSequence: records.lowerBound)) on, were archived "
                + "elsewhere or are lost; move them into \(archive), or make that a symbolic link "
                + "to their folder, and ask again"
        }
    }
}
