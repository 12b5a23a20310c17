internal import Bytes
internal import Files
internal import Glibc

/// The file with a ``StopNote``, in the data folder: `journal.stop`, blank while there is none.
///
/// It has its length from the start on and is written in place, so that a full disk takes it, too.
/// A disk that takes nothing at all keeps no note. Owned by the thread that watches the store.
struct StopFile: ~Copyable, Sendable {
    private let file: File
    /// What is in it; nil for nothing.
    private(set) var note: StopNote?
    /// Whether what was written last is not in it, or not all of it.
    private(set) var isUncertain = false

    private static var lengthBytes: Int { 256 }

    static func path(in data: String) -> String { data + "/journal.stop" }

    /// Opens it, or makes it. What is no note in it counts for nothing; the next note replaces it.
    /// - Throws: ``FileError``.
    init(in data: String) throws(FileError) {
        let file = try File(Self.path(in: data), O_RDWR | O_CREAT | O_NOFOLLOW)
        var buffer = ByteBuffer(capacity: Self.lengthBytes)
        try file.read(Self.lengthBytes, at: 0, into: &buffer)
        let note = StopNote(text: buffer.text)
        if buffer.count < Self.lengthBytes { try Self.write(note, to: file) }
        self.file = file
        self.note = note
    }

    /// The note of the process before this one.
    /// - Returns: nil for none, and for one that cannot be read: it is no reason not to start.
    static func note(in data: String) -> StopNote? {
        // Where there is no such file, or none that can be read, nothing is known.
        guard let bytes = try? WholeFile.read(path(in: data), atMost: lengthBytes) else {
            return nil
        }
        return StopNote(text: String(decoding: bytes, as: UTF8.self))
    }

    /// Puts a note in place of the one in it, durably. After an error the next call tries again.
    /// - Throws: ``FileError``.
    mutating func keep(_ note: StopNote?) throws(FileError) {
        guard note != self.note || isUncertain else { return }
        isUncertain = true
        self.note = note
        try Self.write(note, to: file)
        try file.syncData()
        isUncertain = false
    }

    /// The note, and spaces behind it.
    private static func write(_ note: StopNote?, to file: borrowing File) throws(FileError) {
        let text = Array((note?.text ?? "\n").utf8.prefix(lengthBytes))
        let blank = [UInt8](repeating: UInt8(ascii: " "), count: lengthBytes - text.count)
        var bytes = ByteBuffer(capacity: lengthBytes)
        text.withBytes { bytes.append($0) }
        blank.withBytes { bytes.append($0) }
        try file.write(bytes.bytes, at: 0)
    }
}
