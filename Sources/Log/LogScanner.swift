internal import Bytes
internal import Cryptography
internal import Files
internal import Glibc

/// Reads a log from a segment's start to the log's end, checks every byte, and changes nothing.
///
/// Recovery and the tools are both this; what recovery repairs afterwards it takes from here. A
/// scan that has ended, or has met damage, can be called again: it goes on behind the last good
/// batch.
struct LogScanner: ~Copyable {
    /// What was read so far.
    private(set) var report = RecoveryReport()
    /// The newest segment's header and where its next batch goes; nil if there is no segment.
    private(set) var tail: (header: SegmentHeader, offset: Int)?
    /// Segments that another one follows and that do not say so yet: a crash came between.
    private(set) var footersDue: [(path: String, footer: SegmentFooter, offset: Int)] = []

    let source: SegmentSource
    private let start: Start
    private let tolerance: LogTolerance
    /// Whether the damage in hand is what copying a segment leaves while it is written.
    var isHole = false
    var sha = SHA256()

    /// What is read first.
    enum Start {
        /// Whatever the oldest segment begins with.
        case oldest
        /// This record, which must be there or be the next one; with what stands before it in its
        /// batch.
        case record(UInt64)
        /// Behind this place; the log must have its chain value there.
        case position(LogPosition)
    }

    init(_ source: SegmentSource, from start: Start, tolerance: LogTolerance = .none) {
        self.source = source
        self.start = start
        self.tolerance = tolerance
    }

    /// Where a segment stands among the others.
    struct Segment {
        var path: String
        var nameSequence: UInt64
        var isFirst: Bool
        var isLast: Bool
    }

    mutating func scan(
        _ replay: (borrowing LogBatch) throws -> Void
    ) throws(LogError) {
        report.tornTail = nil
        report.shortBy = 0
        report.missing = nil
        var sequences = try sequencesToRead()
        var index = 0
        while index < sequences.count {
            let segment = Segment(
                path: source.path(sequences[index]), nameSequence: sequences[index],
                isFirst: tail == nil, isLast: index == sequences.count - 1)
            let footer: SegmentFooter?
            isHole = false
            do {
                footer = try scanSegment(segment, replay)
            } catch let error as FileError {
                throw .system(error)
            } catch let error as LogError {
                guard case .damaged(let damage) = error,
                    tolerance == .anything || tolerance == .copy && isHole && segment.isLast
                else { throw error }
                // Whoever begins earlier has good batches before the damage.
                if tail == nil, case .position(let position) = start, position.nextSequence > 1 {
                    throw positionMissing(
                        damage.file, "has lost its end at byte \(damage.offset): \(damage.found)")
                }
                guard tail != nil else { throw error }
                end(before: damage, in: sequences[index], of: sequences)
                break
            } catch {
                throw .replayFailed(
                    file: segment.path, sequence: report.nextSequence, reason: "\(error)")
            }
            if segment.isLast, let footer {
                // A gateway that is running may have begun a segment since we listed them.
                guard source.exists(footer.nextSequence) else {
                    let error = damage(
                        source.path(footer.nextSequence), 0, "the newest segment is missing")
                    guard case .damaged(let damage) = error, tolerance != .none else { throw error }
                    end(before: damage, in: sequences[index], of: sequences)
                    break
                }
                sequences.append(footer.nextSequence)
            }
            index += 1
        }
        try checkEnd()
    }

    /// Takes the log to end behind the last good batch.
    private mutating func end(
        before damage: LogDamage, in sequence: UInt64, of sequences: [UInt64]
    ) {
        report.tornTail = nil
        report.missing = MissingRecords(
            file: damage.file, offset: damage.offset, sequence: report.nextSequence,
            found: damage.found, next: sequences.first { $0 > report.nextSequence })
        // Nothing follows the segment that the log now ends in.
        let path = tail.map { source.path($0.header.firstSequence) }
        footersDue.removeAll { $0.path == path }
    }

    /// The segments from the one that the next batch to read is in.
    private mutating func sequencesToRead() throws(LogError) -> [UInt64] {
        let all: [UInt64]
        do {
            all = try source.sequences()
        } catch {
            throw .system(error)
        }
        guard let due = tail?.header.firstSequence ?? startSequence else { return all }
        if let first = all.lastIndex(where: { $0 <= due }) { return Array(all[first...]) }
        report.nextSequence = due
        guard let oldest = all.first else {
            if tail == nil, due > 1 {
                throw positionMissing(source.name, "has no segment")
            }
            return []
        }
        throw .earlierSegmentsMissing(directory: source.name, due: due, oldest: oldest)
    }

    // MARK: The start

    private var startSequence: UInt64? {
        switch start {
        case .oldest: nil
        case .record(let sequence): sequence
        case .position(let position): position.nextSequence
        }
    }

    /// Whether a batch was asked for, and not only read to check what follows.
    private func isWanted(_ header: BatchHeader) -> Bool {
        guard let startSequence else { return true }
        return header.firstSequence + UInt64(header.recordCount) > startSequence
    }

    /// The chain must come by the place where the reading is to begin.
    private func checkStart(_ segment: Segment) throws(LogError) {
        guard case .position(let position) = start else { return }
        if report.nextSequence == position.nextSequence, report.chain != position.chain {
            throw positionMissing(
                segment.path, "has another chain value before record \(position.nextSequence)")
        }
    }

    private func checkBetweenBatches(
        _ header: BatchHeader, _ segment: Segment
    ) throws(LogError) {
        guard case .position(let position) = start,
            header.firstSequence < position.nextSequence, isWanted(header)
        else { return }
        throw positionMissing(
            segment.path, "has no batch that begins with record \(position.nextSequence)")
    }

    private func checkEnd() throws(LogError) {
        guard case .position(let position) = start, let tail,
            report.nextSequence < position.nextSequence
        else { return }
        throw positionMissing(
            source.path(tail.header.firstSequence),
            "ends with record \(report.nextSequence - 1), before record "
                + "\(position.nextSequence - 1)")
    }

    private func positionMissing(_ path: String, _ found: String) -> LogError {
        .positionMissing(file: path, found: found)
    }

    // MARK: Segments

    private mutating func scanSegment(
        _ segment: Segment, _ replay: (borrowing LogBatch) throws -> Void
    ) throws -> SegmentFooter? {
        var window = try source.window(segment.nameSequence)
        let header = try readHeader(&window, segment)
        var offset = LogFormat.sectorBytes
        if let tail, tail.header.firstSequence == header.firstSequence {
            offset = tail.offset
        } else {
            report.segments += 1
            report.bytes += window.fileBytes
        }
        tail = (header, offset)
        while let extent = try readBatch(&window, at: offset, header, segment, replay) {
            offset += extent
            tail = (header, offset)
        }
        try window.load(LogFormat.sectorBytes, at: header.usableEnd)
        let sector = window.bytes(LogFormat.sectorBytes, at: header.usableEnd)
        let footer: SegmentFooter?
        do {
            footer = try SegmentFooter.decode(sector, &sha)
        } catch {
            throw damage(segment.path, header.usableEnd, error.found)
        }
        if report.shortBy > 0, report.tornTail == nil {
            // A crash does not shorten a segment: it had its length on disk before its first batch.
            // Where the end shows no torn batch, whole ones may be gone that were acknowledged.
            throw damage(
                segment.path, window.fileBytes,
                "is \(report.shortBy) bytes shorter than it was made, and acknowledged records may "
                    + "be missing; `truncate -s \(header.segmentBytes)` accepts that")
        }
        let due = SegmentFooter(nextSequence: report.nextSequence, chain: report.chain)
        if let footer, footer != due || report.tornTail != nil {
            throw damage(
                segment.path, offset, "the records before \(footer.nextSequence) are missing here")
        }
        // It would lead to this very segment, again and again.
        if footer != nil, offset == LogFormat.sectorBytes {
            throw damage(
                segment.path, header.usableEnd, "this segment is empty, but another one follows")
        }
        if footer == nil, !segment.isLast {
            footersDue.append((segment.path, due, header.usableEnd))
        }
        return footer
    }

    private mutating func readHeader(
        _ window: inout SegmentWindow, _ segment: Segment
    ) throws -> SegmentHeader {
        let path = segment.path
        try window.load(LogFormat.sectorBytes, at: 0)
        let header: SegmentHeader
        do {
            header = try SegmentHeader.decode(
                window.bytes(LogFormat.sectorBytes, at: 0), &sha)
        } catch {
            if let version = error.version {
                throw LogError.unsupportedVersion(file: path, version: version)
            }
            throw damage(path, 0, error.found)
        }
        guard header.firstSequence == segment.nameSequence else {
            throw damage(path, 0, "its header names \(header.firstSequence) as first record")
        }
        if segment.isFirst {
            try checkBeginning(header, path)
        } else if let tail, tail.header.firstSequence == header.firstSequence {
            try checkContinuation(&window, header, tail, path)
        } else if header.firstSequence != report.nextSequence {
            throw gap(before: header, path)
        } else if header.chain != report.chain {
            throw damage(path, 0, "does not continue the chain of the segment before")
        }
        let missing = header.segmentBytes - window.fileBytes
        if missing < 0 {
            throw damage(path, header.segmentBytes, "is \(-missing) bytes longer than it says")
        }
        if missing > 0, !segment.isLast {
            throw damage(path, window.fileBytes, "is \(missing) bytes shorter than it says")
        }
        report.shortBy = missing
        return header
    }

    private mutating func checkBeginning(
        _ header: SegmentHeader, _ path: String
    ) throws(LogError) {
        guard header.firstSequence >= 1 else { throw damage(path, 0, "begins with record 0") }
        if header.firstSequence == 1, header.chain != SHA256Digest() {
            throw damage(path, 0, "begins with record 1, but continues an earlier chain")
        }
        report.oldestSequence = header.firstSequence
        report.nextSequence = header.firstSequence
        report.chain = header.chain
    }

    /// A segment that was read up to `tail` is still the same, up to there.
    private func checkContinuation(
        _ window: inout SegmentWindow, _ header: SegmentHeader,
        _ tail: (header: SegmentHeader, offset: Int), _ path: String
    ) throws {
        if tail.offset == LogFormat.sectorBytes {
            // Without a batch, it may have given way to one that takes longer batches.
            guard header.chain == tail.header.chain else {
                throw damage(path, 0, "does not continue the chain of the segment before")
            }
            return
        }
        guard header == tail.header else { throw damage(path, 0, "has another header than before") }
        let start = tail.offset - LogFormat.chainBytes
        try window.load(LogFormat.chainBytes, at: start)
        guard window.bytes(LogFormat.chainBytes, at: start).equals(report.chain.bytes) else {
            throw LogError.endReplaced(file: path, sequence: report.nextSequence - 1)
        }
    }

    // MARK: Batches

    /// Reads the batch at `offset` and hands it on.
    /// - Returns: its bytes on the disk; nil where the batches end, torn or not.
    private mutating func readBatch(
        _ window: inout SegmentWindow, at offset: Int, _ segmentHeader: SegmentHeader,
        _ segment: Segment, _ replay: (borrowing LogBatch) throws -> Void
    ) throws -> Int? {
        let sectorBytes = LogFormat.sectorBytes
        try checkStart(segment)
        guard offset + sectorBytes <= segmentHeader.usableEnd else { return nil }
        try window.load(sectorBytes, at: offset)
        if isZero(window.bytes(sectorBytes, at: offset)) {
            try checkRest(&window, after: offset, segmentHeader, segment)
            return nil
        }
        let isCut = window.bytes(sectorBytes, at: offset).byteCount < sectorBytes
        guard let header = BatchHeader.decode(window.bytes(sectorBytes, at: offset), &sha) else {
            guard isCut, segment.isLast else {
                let sector = window.bytes(sectorBytes, at: offset)
                isHole =
                    segment.isLast
                    && isZero(sector.extracting((sectorBytes - LogFormat.chainBytes)..<sectorBytes))
                throw damage(segment.path, offset, "neither a batch nor empty")
            }
            tear(segment, offset, window.fileBytes, "the file ends inside a batch's header")
            return nil
        }
        try check(header, at: offset, segmentHeader, segment)
        let extent = header.extentBytes
        try window.load(extent, at: offset)
        guard isAuthentic(window.bytes(extent, at: offset), extent) else {
            try classifyBroken(&window, offset, extent, segmentHeader, segment)
            return nil
        }
        let bytes = window.bytes(extent, at: offset)
        let chain = SHA256Digest(bytes.extracting((extent - LogFormat.chainBytes)..<extent))
        let batch = LogBatch(header: header, chain: chain, bytes: bytes)
        guard batch.isWellFormed else {
            throw damage(segment.path, offset, "the records do not fill the batch")
        }
        try checkBetweenBatches(header, segment)
        if isWanted(header) { try replay(batch) }
        report.add(batch)
        return extent
    }

    private func check(
        _ header: BatchHeader, at offset: Int, _ segmentHeader: SegmentHeader, _ segment: Segment
    ) throws(LogError) {
        guard header.firstSequence == report.nextSequence else {
            throw damage(
                segment.path, offset, "a batch that begins with record \(header.firstSequence)")
        }
        guard header.previousChain == report.chain else {
            throw damage(segment.path, offset, "a batch that does not continue the chain")
        }
        guard header.extentBytes <= segmentHeader.maximumBatchBytes,
            offset + header.extentBytes <= segmentHeader.usableEnd, header.recordCount > 0,
            header.firstSequence <= UInt64.max - UInt64(header.recordCount)
        else {
            throw damage(segment.path, offset, "a batch with sizes out of range")
        }
    }

    /// Whether the batch's last 32 bytes are the SHA-256 of everything before them.
    private mutating func isAuthentic(_ batch: RawSpan, _ extent: Int) -> Bool {
        guard batch.byteCount == extent else { return false }
        let end = batch.byteCount - LogFormat.chainBytes
        let chain = sha.digest(batch.extracting(0..<end))
        return batch.extracting(end..<batch.byteCount).equals(chain.bytes)
    }

    // MARK: Findings

    mutating func tear(_ segment: Segment, _ offset: Int, _ end: Int, _ found: String) {
        report.tornTail = TornTail(
            file: segment.path, offset: offset, bytes: end - offset,
            sequence: report.nextSequence, found: found)
    }

    func damage(_ path: String, _ offset: Int, _ found: String) -> LogError {
        .damaged(
            LogDamage(
                file: path, offset: offset, sequence: report.nextSequence, found: found))
    }
}
