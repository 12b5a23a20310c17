internal import Bytes
internal import Cryptography
internal import Files

/// A segment's bytes as they are read from front to back: a few MiB of the file in memory.
///
/// Reading, not mapping: a bad sector then is an error to report and not a signal.
struct SegmentWindow: ~Copyable {
    /// nil where the buffer holds all there is.
    private let origin: Origin?
    private var buffer: ByteBuffer
    /// Where in the file the buffer's first byte stands.
    private var start = 0
    /// When the file was opened.
    let fileBytes: Int

    private final class Origin {
        let file: File

        init(_ file: consuming File) { self.file = file }
    }

    private static var readBytes: Int { 4 << 20 }

    init(path: String) throws(FileError) {
        let file = try File.regular(path)
        fileBytes = try file.size()
        file.adviseSequential()
        origin = Origin(file)
        buffer = ByteBuffer(capacity: min(Self.readBytes, fileBytes))
    }

    /// A segment that is in memory, whole.
    init(_ bytes: consuming ByteBuffer) {
        fileBytes = bytes.count
        buffer = bytes
        origin = nil
    }

    /// Has the bytes at `offset` in memory, as far as the file goes.
    mutating func load(_ length: Int, at offset: Int) throws(FileError) {
        if offset >= start, offset + length <= start + buffer.count { return }
        guard let origin else { return }
        if offset >= start, offset <= start + buffer.count {
            buffer.removeFirst(offset - start)
        } else {
            buffer.removeAll()
        }
        start = offset
        let wanted = max(length, Self.readBytes)
        let rest = min(wanted, max(fileBytes - start, 0)) - buffer.count
        if rest > 0 { try origin.file.read(rest, at: start + buffer.count, into: &buffer) }
    }

    /// Bytes that ``load(_:at:)`` brought; fewer than asked for at the file's end.
    @_lifetime(borrow self)
    func bytes(_ length: Int, at offset: Int) -> RawSpan {
        let first = offset - start
        precondition(first >= 0, "reads what was loaded")
        let end = min(first + length, buffer.count)
        return buffer.bytes.extracting(min(first, end)..<end)
    }

    /// The first byte between two offsets that is not zero; what the file lacks counts as zero.
    mutating func firstNonZero(from first: Int, to end: Int) throws(FileError) -> Int? {
        let step = 1 << 20
        var offset = first
        while offset < min(end, fileBytes) {
            let length = min(step, end - offset)
            try load(length, at: offset)
            if let found = offsetOfNonZero(in: bytes(length, at: offset)) { return offset + found }
            offset += length
        }
        return nil
    }

    /// Behind the last byte between two offsets that is not zero; `first` if all are.
    mutating func endOfNonZero(from first: Int, to end: Int) throws(FileError) -> Int {
        var result = first
        var offset = first
        while offset < min(end, fileBytes) {
            let length = min(LogFormat.sectorBytes, end - offset)
            try load(length, at: offset)
            let sector = bytes(length, at: offset)
            for index in 0..<sector.byteCount where sector[index] != 0 {
                result = offset + index + 1
            }
            offset += length
        }
        return result
    }
}
