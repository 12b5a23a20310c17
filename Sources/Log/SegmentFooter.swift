internal import Bytes
internal import Cryptography

/// The last sector of a segment that another one follows. It tells when the newest segment has
/// gone missing; without it that would look like a log that had ended there.
struct SegmentFooter: Equatable {
    /// The first record of the next segment.
    var nextSequence: UInt64
    /// The chain value of this segment's last batch.
    var chain: SHA256Digest

    private static var magic: StaticString { "PORTNEXT" }

    /// The sector's 512 bytes.
    func encoded(_ sha: inout SHA256) -> ByteBuffer {
        var sector = ByteBuffer(capacity: LogFormat.sectorBytes)
        sector.append(Self.magic)
        sector.append(littleEndian: nextSequence)
        sector.append(chain.bytes)
        sector.append(zeros: 480 - sector.count)
        let checksum = sha.digest(sector.bytes)
        sector.append(checksum.bytes)
        return sector
    }

    /// Reads the sector; nil if it is all zeros: nothing follows, as far as this segment knows.
    static func decode(_ sector: RawSpan, _ sha: inout SHA256) throws(SectorError)
        -> SegmentFooter?
    {
        if isZero(sector) { return nil }
        guard sector.byteCount == LogFormat.sectorBytes,
            sector.extracting(0..<8).equals(Self.magic)
        else { throw SectorError("the last sector is neither empty nor a footer") }
        try checkSector(sector, &sha, "the segment's footer does not match its checksum")
        do {
            var reader = ByteReader(sector)
            _ = try reader.read(length: 8)
            let nextSequence: UInt64 = try reader.read()
            return SegmentFooter(
                nextSequence: nextSequence, chain: SHA256Digest(try reader.read(length: 32)))
        } catch {
            throw SectorError("the segment's footer is too short")
        }
    }
}
