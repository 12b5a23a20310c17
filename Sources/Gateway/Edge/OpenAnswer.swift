internal import Bytes
internal import Wire

/// The fields that let a page in a browser read an answer of the public listener, whatever it is
/// (the Fetch standard's CORS protocol; Resource Timing, 4.5.1). A request without `Origin`, as
/// servers send it, is answered without them; what is written before a head is read has them.
enum OpenAnswer {
    /// - Parameter toAny: whether any origin may read it; otherwise the origin is named beside.
    static func lines(toAny: Bool) -> HeaderLines {
        var lines = HeaderLines(capacity: 160)
        if toAny { lines.append("Access-Control-Allow-Origin", "*") }
        lines.append("Access-Control-Expose-Headers", "Allow, Date, Retry-After")
        lines.append("Timing-Allow-Origin", "*")
        return lines
    }
}

extension ByteBuffer {
    /// Appends a duration in seconds with three decimals, as JSON.
    mutating func append(seconds milliseconds: UInt64) {
        append(decimal: milliseconds / 1_000)
        append(UInt8(ascii: "."))
        append(decimal: milliseconds % 1_000, width: 3)
    }
}
