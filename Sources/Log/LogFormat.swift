internal import Bytes
internal import Cryptography
package import Files
internal import Glibc

/// The numbers of the format that `FORMAT.md` describes.
package enum LogFormat {
    package static var version: UInt32 { 2 }
    /// The unit that a disk writes whole or not at all; batches start at its multiples.
    package static var sectorBytes: Int { 512 }
    /// A batch's fields before its payload.
    package static var batchHeaderBytes: Int { 72 }
    /// A batch's chain value, at its very end.
    package static var chainBytes: Int { 32 }
    /// A record's kind and length.
    package static var recordHeaderBytes: Int { 4 }
    /// The longest record that its length field can say.
    package static var maximumRecordBytes: Int { 1 << 24 - 1 }

    /// Bytes on the disk of a batch with so long a payload: whole sectors.
    static func extent(payloadBytes: Int) -> Int {
        let bytes = batchHeaderBytes + payloadBytes + chainBytes
        return (bytes + sectorBytes - 1) / sectorBytes * sectorBytes
    }

    /// The file name of the segment that starts with this record: 20 digits, so that names sort
    /// as numbers do.
    package static func segmentName(firstSequence: UInt64) -> String {
        var buffer = ByteBuffer(capacity: 32)
        buffer.append(decimal: firstSequence, width: 20)
        buffer.append(".segment")
        return buffer.text
    }

    /// The record that a segment's name says, or nil where it is not a segment's name.
    static func firstSequence(ofName name: String) -> UInt64? {
        guard name.hasSuffix(".segment") else { return nil }
        let digits = name.dropLast(8)
        guard digits.utf8.count == 20, digits.utf8.allSatisfy(ASCII.isDigit) else { return nil }
        return UInt64(digits)
    }

    /// Whether a file is a copy of a segment that a process did not finish.
    package static func isUnfinishedCopy(_ name: String) -> Bool {
        name.hasSuffix(".new") && firstSequence(ofName: String(name.dropLast(4))) != nil
    }

    /// Bytes of the segments in a folder, the one that is being prepared left out. Other processes
    /// may archive some meanwhile: those are not counted.
    package static func bytesOfSegments(in directory: String) throws(FileError) -> Int {
        var bytes = 0
        for name in try File.names(in: directory) where firstSequence(ofName: name) != nil {
            bytes += try File.size(directory + "/" + name) ?? 0
        }
        return bytes
    }

    /// Where a segment is prepared.
    package static func sparePath(in directory: String) -> String {
        directory + "/" + spareName
    }

    /// The segments in a folder, in order.
    package static func segments(
        in directory: String
    ) throws(FileError) -> [(firstSequence: UInt64, name: String)] {
        try File.names(in: directory).compactMap { name in
            firstSequence(ofName: name).map { (firstSequence: $0, name: name) }
        }
    }

    /// The segment being prepared; it has no number yet, and is thrown away at the next start.
    static var spareName: String { "next.preparing" }
    package static var lockName: String { "lock" }
}

/// Whether every byte is zero.
func isZero(_ bytes: RawSpan) -> Bool {
    guard bytes.byteCount > 0 else { return true }
    if bytes[0] != 0 { return false }
    // `unsafe`: both ranges are inside the span. Bytes that equal their neighbours are all alike;
    // memcmp says so at the speed of memory, in debug builds too.
    return unsafe bytes.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return true }
        return unsafe memcmp(start, start + 1, bytes.count - 1) == 0
    }
}

/// Where the first byte that is not zero stands.
func offsetOfNonZero(in bytes: RawSpan) -> Int? {
    let step = 4096
    var start = 0
    while start < bytes.byteCount {
        let end = min(start + step, bytes.byteCount)
        if !isZero(bytes.extracting(start..<end)) {
            for offset in start..<end where bytes[offset] != 0 { return offset }
        }
        start = end
    }
    return nil
}
