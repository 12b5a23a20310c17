internal import Bytes
internal import Cryptography
internal import Evidence
internal import Files
internal import Glibc
internal import Ledger
internal import Log
internal import Time
internal import Webhooks

/// One snapshot on disk: a header, the state, and the SHA-256 of both. `FORMAT.md` has the bytes.
enum SnapshotFile {
    static var version: UInt32 { 6 }
    static var magic: StaticString { "PORTSNAP" }
    /// The header's bytes: magic, version, zeros, the next record's number, chain value, time.
    static var headerBytes: Int { 64 }

    /// Writes a snapshot; on return it is on stable storage, under its name.
    /// - Parameter isCancelled: asked before each piece; where it is true, nothing is left behind.
    /// - Throws: ``FileError``, ``SnapshotCancelled``, and what encoding throws.
    static func write(
        _ snapshot: borrowing Snapshot, to path: String, isCancelled: () -> Bool
    ) throws {
        guard let time = snapshot.time else {
            preconditionFailure("a snapshot stands behind a batch")
        }
        let target = try HashedOutput(path)
        var header = ByteBuffer(capacity: headerBytes)
        header.append(magic)
        header.append(littleEndian: version)
        header.append(littleEndian: UInt32(0))
        header.append(littleEndian: snapshot.position.nextSequence)
        header.append(snapshot.position.chain.bytes)
        header.append(littleEndian: time.milliseconds)
        try target.write(header.bytes)
        var writer = SnapshotWriter(to: target)
        if isCancelled() { throw SnapshotCancelled() }
        try snapshot.evidence.encode(into: &writer)
        try snapshot.webhooks.encode(into: &writer)
        if isCancelled() { throw SnapshotCancelled() }
        try snapshot.ledger.encode(into: &writer)
        if isCancelled() { throw SnapshotCancelled() }
        try target.commit()
    }

    /// Reads a snapshot, and checks all of it.
    ///
    /// The digest is made while the bytes are decoded. Where decoding fails, the rest is read for
    /// the digest alone: it says whether the bytes are to blame.
    /// - Throws: ``FileError``; ``SnapshotError``, of which ``SnapshotError/damaged(_:)`` goes
    ///   before all others.
    static func read(_ path: String, memoryLimitBytes: Int) throws -> Snapshot {
        let source = try HashedInput(path)
        do {
            return try decode(source, memoryLimitBytes: memoryLimitBytes)
        } catch let error as FileError {
            throw error
        } catch {
            try source.checkDigest()
            throw error as? SnapshotError ?? SnapshotError.malformed("\(error)")
        }
    }

    private static func decode(
        _ source: HashedInput, memoryLimitBytes: Int
    ) throws -> Snapshot {
        let header = try source.read(headerBytes)
        var reader = ByteReader(header.bytes)
        guard try reader.read(length: 8).equals(magic) else {
            throw SnapshotError.malformed("it does not begin with PORTSNAP")
        }
        let version: UInt32 = try reader.read()
        guard version == self.version else {
            throw SnapshotError.unsupportedVersion(version, known: self.version)
        }
        let reserved: UInt32 = try reader.read()
        let position = LogPosition(
            nextSequence: try reader.read(), chain: SHA256Digest(try reader.read(length: 32)))
        let time = Timestamp(milliseconds: try reader.read())
        guard reserved == 0, position.nextSequence > 1 else {
            throw SnapshotError.malformed("the header")
        }
        var body = SnapshotReader(from: source)
        let evidence = try EvidenceIndex(from: &body)
        let webhooks = try WebhookOutbox(from: &body)
        let ledger = try Ledger(from: &body, memoryLimitBytes: memoryLimitBytes)
        guard source.remaining == 0 else {
            throw SnapshotError.malformed("bytes behind the ledger")
        }
        // Nothing of what was read is used before this.
        try source.checkDigest()
        guard ledger.records == position.nextSequence - 1 else {
            throw SnapshotError.malformed("\(ledger.records) records in the ledger")
        }
        return Snapshot(
            ledger: ledger, evidence: evidence, webhooks: webhooks, position: position, time: time)
    }
}

/// Writing a snapshot was given up, because the process ends.
struct SnapshotCancelled: Error {}

/// A file that is written from front to back, and ends with the SHA-256 of what was written.
private final class HashedOutput: SnapshotSink {
    private var file: DurableFile
    private var sha = SHA256()
    private var offset = 0

    init(_ path: String) throws {
        file = try DurableFile(path)
        sha.begin()
    }

    func write(_ bytes: RawSpan) throws {
        sha.update(bytes)
        try file.write(bytes, at: offset)
        offset += bytes.byteCount
    }

    func commit() throws {
        let digest = sha.end()
        try file.write(digest.bytes, at: offset)
        try file.commit()
    }
}

/// A file that is read from front to back, and whose last 32 bytes are the SHA-256 of the others.
private final class HashedInput: SnapshotSource {
    private let file: File
    private var sha = SHA256()
    private var offset = 0
    /// Where the digest begins.
    private let end: Int
    private var isComplete = false

    private static var chunkBytes: Int { 1 << 20 }

    init(_ path: String) throws {
        file = try File(path, O_RDONLY)
        guard try file.status().st_mode & S_IFMT == S_IFREG else {
            throw SnapshotError.damaged("it is not a regular file")
        }
        end = try file.size() - SHA256Digest.byteCount
        guard end >= SnapshotFile.headerBytes else {
            throw SnapshotError.damaged("it ends within its header")
        }
        file.adviseSequential()
        sha.begin()
    }

    var remaining: Int { end - offset }

    func read(into bytes: inout MutableRawSpan) throws {
        guard bytes.byteCount <= remaining else { throw SnapshotError.endOfBytes }
        guard try file.read(into: &bytes, at: offset) else { throw SnapshotError.endOfBytes }
        sha.update(bytes.bytes)
        offset += bytes.byteCount
    }

    func read(_ length: Int) throws -> ByteBuffer {
        var buffer = ByteBuffer(capacity: length)
        buffer.append(zeros: length)
        var bytes = buffer.mutableBytes
        try read(into: &bytes)
        return buffer
    }

    /// Reads what is left, and compares the digest.
    /// - Throws: ``SnapshotError/damaged(_:)``, ``FileError``.
    func checkDigest() throws {
        if isComplete { return }
        while remaining > 0 { _ = try read(min(remaining, Self.chunkBytes)) }
        isComplete = true
        var stored = ByteBuffer(capacity: SHA256Digest.byteCount)
        try file.read(SHA256Digest.byteCount, at: end, into: &stored)
        guard stored.bytes.equals(sha.end().bytes) else {
            throw SnapshotError.damaged("its digest does not match its bytes")
        }
    }
}
