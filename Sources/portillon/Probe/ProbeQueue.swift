import Bytes
import Files
import Wire

/// The minutes that are still to be reported, oldest first; in a file, if one is named, so that a
/// probe that is killed reports them later.
struct ProbeQueue {
    private(set) var minutes: [MinuteCount] = []
    private let path: String?

    /// Two days: the gateway takes none that is older.
    static var maximumMinutes: Int { 2_880 }
    private static var maximumBytes: Int { 1 << 20 }

    /// - Parameter path: nil keeps them in memory alone.
    /// - Throws: ``CommandFailure`` 74 where the file cannot be read, or is none of a probe's.
    init(path: String?) throws(CommandFailure) {
        self.path = path
        guard let path, File.exists(path) else { return }
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try WholeFile.read(path, atMost: Self.maximumBytes)
        } catch {
            throw CommandFailure(.inputOutput, "\(path): cannot read it (\(error.reason))")
        }
        // A file that is no JSON has no minutes either: one message for both, and for minutes that
        // cannot be read.
        let rows = (try? JSONValue(bytes))?["minutes"]?.elements
        minutes = rows?.compactMap { MinuteCount($0) } ?? []
        guard let rows, minutes.count == rows.count else {
            throw CommandFailure(
                .inputOutput, "\(path) is not the state of a probe; name another file or remove it")
        }
    }

    mutating func append(_ count: MinuteCount) throws(CommandFailure) {
        minutes.append(count)
        if minutes.count > Self.maximumMinutes { minutes.removeFirst() }
        try save()
    }

    /// Removes a minute that was reported, or cannot be; nothing where it has left to make room.
    mutating func remove(_ count: MinuteCount) throws(CommandFailure) {
        guard minutes.first == count else { return }
        minutes.removeFirst()
        try save()
    }

    private func save() throws(CommandFailure) {
        guard let path else { return }
        let json = JSONValue.object([
            "minutes": .array(minutes.map { .object($0.json) })
        ])
        var text = ByteBuffer(capacity: 256 * (1 + minutes.count))
        json.bytes.withBytes { text.append($0) }
        do throws(FileError) {
            try DurableFile.write(text.bytes, to: path)
        } catch {
            throw CommandFailure(.inputOutput, "\(path): cannot write it (\(error.reason))")
        }
    }
}
