internal import Files

/// Where a log's segments are read from.
enum SegmentSource {
    /// Folders that hold one log between them: archived segments, then the log's own folder.
    case folders([String])
    case memory(MemoryStore)

    /// The numbers of the segments' first records, in order.
    func sequences() throws(FileError) -> [UInt64] {
        switch self {
        case .folders(let directories): try Self.sequences(in: directories)
        case .memory(let store): store.sequences
        }
    }

    /// The segment that begins with this record, to be read.
    func window(_ firstSequence: UInt64) throws(FileError) -> SegmentWindow {
        switch self {
        case .folders: try SegmentWindow(path: path(firstSequence))
        case .memory(let store): SegmentWindow(store.image(firstSequence))
        }
    }

    func exists(_ firstSequence: UInt64) -> Bool {
        switch self {
        case .folders: File.exists(path(firstSequence))
        case .memory(let store): store.sequences.contains(firstSequence)
        }
    }

    /// Where the segment is, or belongs.
    func path(_ firstSequence: UInt64) -> String {
        let segment = "/" + LogFormat.segmentName(firstSequence: firstSequence)
        guard case .folders(let directories) = self, directories.count > 1 else {
            return name + segment
        }
        let found = directories.last { File.exists($0 + segment) }
        return (found ?? name) + segment
    }

    /// How messages name the whole.
    var name: String {
        switch self {
        case .folders(let directories): directories.last ?? ""
        case .memory: "memory"
        }
    }

    private static func sequences(in directories: [String]) throws(FileError) -> [UInt64] {
        var sequences: Set<UInt64> = []
        for directory in directories {
            sequences.formUnion(
                try File.names(in: directory).compactMap(LogFormat.firstSequence(ofName:)))
        }
        return sequences.sorted()
    }
}
