internal import Files

/// Where a log's segments are read from.
enum SegmentSource {
    case folder(String)
    case memory(MemoryStore)

    /// The numbers of the segments' first records, in order.
    func sequences() throws(FileError) -> [UInt64] {
        switch self {
        case .folder(let directory):
            try File.names(in: directory).compactMap(LogFormat.firstSequence(ofName:))
        case .memory(let store): store.sequences
        }
    }

    /// The segment that begins with this record, to be read.
    func window(_ firstSequence: UInt64) throws(FileError) -> SegmentWindow {
        switch self {
        case .folder: try SegmentWindow(path: path(firstSequence))
        case .memory(let store): SegmentWindow(store.image(firstSequence))
        }
    }

    func exists(_ firstSequence: UInt64) -> Bool {
        switch self {
        case .folder: File.exists(path(firstSequence))
        case .memory(let store): store.sequences.contains(firstSequence)
        }
    }

    /// How messages name the segment.
    func path(_ firstSequence: UInt64) -> String {
        name + "/" + LogFormat.segmentName(firstSequence: firstSequence)
    }

    /// How messages name the whole.
    var name: String {
        switch self {
        case .folder(let directory): directory
        case .memory: "memory"
        }
    }
}
