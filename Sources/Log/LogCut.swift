internal import Bytes
internal import Files
internal import Glibc

/// Ends a log behind a batch: what lies behind is set aside, never removed.
struct LogCut {
    private let directory: String
    /// The segment that the log is to end in, and where in it.
    private let header: SegmentHeader
    private let offset: Int

    init(_ directory: String, _ header: SegmentHeader, _ offset: Int) {
        self.directory = directory
        self.header = header
        self.offset = offset
    }

    /// Moves later segments into a folder of their own, copies the one that is cut there, and
    /// makes what is behind the cut zeros. An interrupted cut is finished by the next one: until
    /// the last step, the log is as damaged as before.
    /// - Returns: the folder; nil where nothing but a footer lay behind.
    func make() throws(FileError) -> String? {
        let name = LogFormat.segmentName(firstSequence: header.firstSequence)
        let path = directory + "/" + name
        let later = try LogFormat.segments(in: directory).filter {
            $0.firstSequence > header.firstSequence
        }
        let hasRest = try self.hasRest(path)
        var folder: String?
        if hasRest || !later.isEmpty {
            let aside = try makeFolder()
            if hasRest { try DurableFile.copy(File.regular(path), to: aside + "/" + name) }
            // The newest first: what is left shows until the end that something is missing.
            for segment in later.reversed() {
                try File.rename(directory + "/" + segment.name, to: aside + "/" + segment.name)
            }
            try Folder.sync(aside)
            try Folder.sync(directory)
            folder = aside
        }
        let file = try File(path, O_WRONLY)
        try SegmentPreparer.writeZeros(file, from: offset, to: header.segmentBytes)
        try file.sync()
        return folder
    }

    private func hasRest(_ path: String) throws(FileError) -> Bool {
        var window = try SegmentWindow(path: path)
        return try window.firstNonZero(from: offset, to: header.usableEnd) != nil
    }

    private func makeFolder() throws(FileError) -> String {
        var number = 1
        while File.exists("\(directory)/set-aside-\(number)") { number += 1 }
        let path = "\(directory)/set-aside-\(number)"
        try Folder.make(path)
        try Folder.syncName(of: path)
        return path
    }
}
