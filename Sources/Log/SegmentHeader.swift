internal import Bytes
internal import Cryptography
internal import Time

/// The first sector of a segment: what it is, and where it stands in the chain.
struct SegmentHeader: Equatable {
    /// Bytes of the whole file.
    var segmentBytes: Int
    /// The first record that the segment can hold.
    var firstSequence: UInt64
    /// The chain value of the batch before it; zeros where the log begins.
    var chain: SHA256Digest
    var created: Timestamp
    /// The longest batch in this segment.
    var maximumBatchBytes: Int

    /// Where the batches end and the footer's sector begins.
    var usableEnd: Int { segmentBytes - LogFormat.sectorBytes }

    private static var magic: StaticString { "PORTSEGM" }
    private static var checkedBytes: Int { 480 }

    /// The sector's 512 bytes.
    func encoded(_ sha: inout SHA256) -> ByteBuffer {
        var sector = ByteBuffer(capacity: LogFormat.sectorBytes)
        sector.append(Self.magic)
        sector.append(littleEndian: LogFormat.version)
        sector.append(littleEndian: UInt32(LogFormat.sectorBytes))
        sector.append(littleEndian: UInt64(segmentBytes))
        sector.append(littleEndian: firstSequence)
        sector.append(chain.bytes)
        sector.append(littleEndian: created.milliseconds)
        sector.append(littleEndian: UInt32(maximumBatchBytes))
        sector.append(zeros: Self.checkedBytes - sector.count)
        let checksum = sha.digest(sector.bytes)
        sector.append(checksum.bytes)
        return sector
    }

    /// Reads the sector; what is wrong with it where it is not one.
    static func decode(
        _ sector: RawSpan, _ sha: inout SHA256
    ) throws(SectorError) -> SegmentHeader {
        guard sector.byteCount == LogFormat.sectorBytes else {
            throw SectorError("the file ends inside the segment's header")
        }
        guard sector.extracting(0..<8).equals(Self.magic) else {
            throw SectorError("no segment header (magic)")
        }
        try checkSector(sector, &sha, "the segment's header does not match its checksum")
        do {
            var reader = ByteReader(sector)
            _ = try reader.read(length: 8)
            let version: UInt32 = try reader.read()
            let sectorBytes: UInt32 = try reader.read()
            let segmentBytes: UInt64 = try reader.read()
            let firstSequence: UInt64 = try reader.read()
            let chain = SHA256Digest(try reader.read(length: 32))
            let created: Int64 = try reader.read()
            let maximumBatchBytes: UInt32 = try reader.read()
            guard version == LogFormat.version else {
                throw SectorError("format version \(version)", version: version)
            }
            let header = SegmentHeader(
                segmentBytes: Int(clamping: segmentBytes), firstSequence: firstSequence,
                chain: chain, created: Timestamp(milliseconds: created),
                maximumBatchBytes: Int(maximumBatchBytes))
            guard Int(sectorBytes) == LogFormat.sectorBytes, header.isWithinLimits else {
                throw SectorError("the segment's header has sizes out of range")
            }
            return header
        } catch let fault as SectorError {
            throw fault
        } catch {
            throw SectorError("the segment's header is too short")
        }
    }

    private var isWithinLimits: Bool {
        let sector = LogFormat.sectorBytes
        return segmentBytes % sector == 0 && segmentBytes <= LogOptions.largestSegmentBytes
            && maximumBatchBytes % sector == 0 && maximumBatchBytes > 0
            && maximumBatchBytes <= LogOptions.largestBatchBytes
            && maximumBatchBytes + 2 * sector <= segmentBytes
    }
}

/// What is wrong with a sector, in words for the one who looks at the damage.
struct SectorError: Error, Equatable {
    var found: String
    /// The format that it is written in, where that is the only thing wrong.
    var version: UInt32?

    init(_ found: String, version: UInt32? = nil) {
        self.found = found
        self.version = version
    }
}

/// Checks a header's or footer's sector: its last 32 bytes are the SHA-256 of the 480 before.
func checkSector(
    _ sector: RawSpan, _ sha: inout SHA256, _ message: String
) throws(SectorError) {
    let checksum = sha.digest(sector.extracting(0..<480))
    guard sector.extracting(480..<512).equals(checksum.bytes) else { throw SectorError(message) }
}
