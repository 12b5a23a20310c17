internal import Bytes
internal import Cryptography
internal import Files
internal import Glibc

/// Reads a log from its first segment to its end, checks every byte, and changes nothing.
///
/// Recovery and the tools are both this; what recovery repairs afterwards it takes from here.
struct LogScanner: ~Copyable {
    /// What was read so far.
    private(set) var report = RecoveryReport()
    /// The newest segment's header and where its next batch goes; nil if there is no segment.
    private(set) var tail: (header: SegmentHeader, offset: Int)?
    /// Segments that another one follows and that do not say so yet: a crash came between.
    private(set) var footersDue: [(path: String, footer: SegmentFooter, offset: Int)] = []

    let directory: String
    /// The record that must still be there; nil: whatever the oldest is.
    private let oldestSequence: UInt64?
    var sha = SHA256()

    init(directory: String, oldestSequence: UInt64?) {
        self.directory = directory
        self.oldestSequence = oldestSequence
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
        var sequences = try segmentSequences()
        if sequences.isEmpty, let oldestSequence, oldestSequence > 1 {
            throw damage(directory, 0, "no segment begins with record \(oldestSequence)")
        }
        var index = 0
        while index < sequences.count {
            let segment = Segment(
                path: path(of: sequences[index]), nameSequence: sequences[index],
                isFirst: index == 0, isLast: index == sequences.count - 1)
            let footer: SegmentFooter?
            do {
                footer = try scanSegment(segment, replay)
            } catch let error as FileError {
                throw .system(error)
            } catch let error as LogError {
                throw error
            } catch {
                throw .replayFailed(
                    file: segment.path, sequence: report.nextSequence, reason: "\(error)")
            }
            if segment.isLast, let footer {
                // A gateway that is running may have begun a segment since we listed them.
                guard File.exists(path(of: footer.nextSequence)) else {
                    throw damage(path(of: footer.nextSequence), 0, "the newest segment is missing")
                }
                sequences.append(footer.nextSequence)
            }
            index += 1
        }
    }

    // MARK: Segments

    private mutating func scanSegment(
        _ segment: Segment, _ replay: (borrowing LogBatch) throws -> Void
    ) throws -> SegmentFooter? {
        var window = try SegmentWindow(path: segment.path)
        let header = try readHeader(&window, segment)
        report.segments += 1
        report.bytes += window.fileBytes
        var offset = LogFormat.sectorBytes
        while let extent = try readBatch(&window, at: offset, header, segment, replay) {
            offset += extent
        }
        tail = (header, offset)
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
            throw damage(path, 0, error.found)
        }
        guard header.firstSequence == segment.nameSequence else {
            throw damage(path, 0, "its header names \(header.firstSequence) as first record")
        }
        if segment.isFirst {
            try checkBeginning(header, path)
        } else if header.firstSequence != report.nextSequence {
            throw damage(
                path, 0,
                "begins with record \(header.firstSequence): a segment is missing, or "
                    + "the one before it has lost its end")
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
        if let oldestSequence, header.firstSequence > oldestSequence {
            report.nextSequence = oldestSequence
            throw damage(path, 0, "is the oldest segment: older ones are missing")
        }
        if header.firstSequence == 1, header.chain != SHA256Digest() {
            throw damage(path, 0, "begins with record 1, but continues an earlier chain")
        }
        report.oldestSequence = header.firstSequence
        report.nextSequence = header.firstSequence
        report.chain = header.chain
    }

    // MARK: Batches

    /// Reads the batch at `offset` and hands it on.
    /// - Returns: its bytes on the disk; nil where the batches end, torn or not.
    private mutating func readBatch(
        _ window: inout SegmentWindow, at offset: Int, _ segmentHeader: SegmentHeader,
        _ segment: Segment, _ replay: (borrowing LogBatch) throws -> Void
    ) throws -> Int? {
        let sectorBytes = LogFormat.sectorBytes
        guard offset + sectorBytes <= segmentHeader.usableEnd else { return nil }
        try window.load(sectorBytes, at: offset)
        if isZero(window.bytes(sectorBytes, at: offset)) {
            try checkRest(&window, after: offset, segmentHeader, segment)
            return nil
        }
        let isCut = window.bytes(sectorBytes, at: offset).byteCount < sectorBytes
        guard let header = BatchHeader.decode(window.bytes(sectorBytes, at: offset), &sha) else {
            guard isCut, segment.isLast else {
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
        let payload = bytes.extracting(
            LogFormat
                .batchHeaderBytes..<(LogFormat.batchHeaderBytes + Int(header.payloadBytes)))
        let chain = SHA256Digest(bytes.extracting((extent - LogFormat.chainBytes)..<extent))
        let batch = LogBatch(header: header, chain: chain, payload: payload)
        guard batch.isWellFormed else {
            throw damage(segment.path, offset, "the records do not fill the batch")
        }
        try replay(batch)
        report.batches += 1
        report.records += UInt64(header.recordCount)
        report.nextSequence += UInt64(header.recordCount)
        report.lastTime = header.time
        report.chain = chain
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

    // MARK: Names

    private func segmentSequences() throws(LogError) -> [UInt64] {
        do {
            return try File.names(in: directory).compactMap(LogFormat.firstSequence(ofName:))
        } catch {
            throw .system(error)
        }
    }

    private func path(of firstSequence: UInt64) -> String {
        directory + "/" + LogFormat.segmentName(firstSequence: firstSequence)
    }

    func damage(_ path: String, _ offset: Int, _ found: String) -> LogError {
        .damaged(
            LogDamage(
                file: path, offset: offset, sequence: report.nextSequence, found: found))
    }
}
