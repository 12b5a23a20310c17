import Bytes
import Wire

/// The lines of an export as they come: whole ones are handed on, and counted.
struct ExportLines: ~Copyable {
    /// Whole lines so far.
    private(set) var count: UInt64 = 0
    private(set) var bytes = 0
    /// The last whole line.
    private var last: [UInt8] = []
    /// The beginning of a line.
    private var rest = ByteBuffer(capacity: 128 << 10)

    /// - Parameter hand: gets the lines that are whole by now, if there are any.
    mutating func add(_ piece: RawSpan, _ hand: (RawSpan) throws -> Void) throws {
        rest.append(piece)
        bytes += piece.byteCount
        let end = rest.bytes.endOfLastLine
        if end == 0 { return }
        count += Self.lineCount(rest.bytes.extracting(0..<end))
        let start = rest.bytes.extracting(0..<(end - 1)).endOfLastLine
        last = rest.bytes.extracting(start..<end).array
        try hand(rest.bytes.extracting(0..<end))
        rest.removeFirst(end)
    }

    /// - Throws: ``CommandFailure`` 74 where something is missing.
    func requireWhole(_ format: ExportCommand.Format) throws(CommandFailure) {
        guard rest.count == 0, count > 0 else { throw Self.cut }
        guard format == .ndjson else { return }
        // A line that is no JSON is not the one that ends an export.
        let end = try? JSONValue(last)
        guard end?["complete"] == .bool(true),
            end?["entries"] == .integer(Int(clamping: count - 1))
        else { throw Self.cut }
    }

    private static var cut: CommandFailure {
        CommandFailure(
            .inputOutput,
            "the export is not whole: its last line is missing; run the command again, and look "
                + "at the gateway's log if that does not help")
    }

    private static func lineCount(_ bytes: RawSpan) -> UInt64 {
        var count: UInt64 = 0
        for offset in 0..<bytes.byteCount where bytes[offset] == ASCII.lineFeed { count += 1 }
        return count
    }
}

extension RawSpan {
    /// Behind the last line feed; 0 where there is none.
    var endOfLastLine: Int {
        var end = byteCount
        while end > 0, self[end - 1] != ASCII.lineFeed { end -= 1 }
        return end
    }
}
