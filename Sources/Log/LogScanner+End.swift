internal import Bytes
internal import Cryptography

/// Where the batches end: cleanly, in a torn tail, or in damage. `FORMAT.md` has the rules.
extension LogScanner {
    /// A batch whose header is right and whose hash is wrong: torn by a crash, or damaged?
    ///
    /// What is not written yet is zero. So what a crash leaves has a sector that is still zero, or
    /// zeros at its end, and nothing behind it, for only one batch is ever being written.
    mutating func classifyBroken(
        _ window: inout SegmentWindow, _ offset: Int, _ extent: Int,
        _ segmentHeader: SegmentHeader, _ segment: Segment
    ) throws {
        let isCut = window.bytes(extent, at: offset).byteCount < extent
        let isPartial =
            isCut || hasZeroSector(window.bytes(extent, at: offset))
            || hasZeroEnd(window.bytes(extent, at: offset))
        guard segment.isLast, isPartial else {
            isHole = segment.isLast && hasHalfSector(window.bytes(extent, at: offset))
            throw damage(segment.path, offset, "a batch whose bytes do not match its hash")
        }
        let end = offset + extent
        if let later = try window.firstNonZero(from: end, to: segmentHeader.usableEnd) {
            isHole = true
            throw damage(
                segment.path, offset, "an incomplete batch, with data behind it at byte \(later)")
        }
        let tornEnd = try window.endOfNonZero(from: offset, to: end)
        tear(
            segment, offset, tornEnd,
            isCut ? "the file ends inside a batch" : "part of the batch was not written")
    }

    /// The sector where the next batch's header would be is zero: nothing may follow, or what a
    /// crash left of one batch whose header had not arrived.
    mutating func checkRest(
        _ window: inout SegmentWindow, after offset: Int, _ segmentHeader: SegmentHeader,
        _ segment: Segment
    ) throws {
        let end = segmentHeader.usableEnd
        guard let first = try window.firstNonZero(from: offset, to: end) else { return }
        guard segment.isLast else {
            throw damage(segment.path, first, "data behind the last batch")
        }
        let limit = min(offset + segmentHeader.maximumBatchBytes, end)
        if let later = try window.firstNonZero(from: limit, to: end) {
            isHole = true
            throw damage(segment.path, later, "data far behind the last batch")
        }
        var sector = offset + LogFormat.sectorBytes
        while sector < limit {
            try window.load(LogFormat.sectorBytes, at: sector)
            let bytes = window.bytes(LogFormat.sectorBytes, at: sector)
            if BatchHeader.decode(bytes, &sha) != nil {
                isHole = true
                throw damage(segment.path, offset, "empty, and a batch follows at byte \(sector)")
            }
            sector += LogFormat.sectorBytes
        }
        let tornEnd = try window.endOfNonZero(from: offset, to: limit)
        tear(segment, offset, tornEnd, "a batch without its first sector")
    }

    /// A segment that does not begin where the one before it ends. Where that one says that another
    /// one follows there, the other one is missing; else it may have lost its own end.
    func gap(before header: SegmentHeader, _ path: String) -> LogError {
        let found =
            "begins with record \(header.firstSequence), and those before it are missing: a "
            + "segment is missing, or the one before it has lost its end"
        var damage = LogDamage(
            file: path, offset: 0, sequence: report.nextSequence, found: found)
        let hasFooter = footersDue.last?.footer.nextSequence != report.nextSequence
        if hasFooter, report.nextSequence < header.firstSequence {
            damage.missing = report.nextSequence..<header.firstSequence
        }
        return .damaged(damage)
    }

    /// Whether the write ended inside the hash. A right one ends in two zeros once in 65,536
    /// batches, and then only damage elsewhere in that very batch would be taken for a tear.
    private func hasZeroEnd(_ batch: RawSpan) -> Bool {
        isZero(batch.extracting((batch.byteCount - 2)..<batch.byteCount))
    }

    /// Whether a sector before the last one ends in zeros: it was copied while it was written. A
    /// batch has fewer zeros there by itself.
    private func hasHalfSector(_ batch: RawSpan) -> Bool {
        var end = LogFormat.sectorBytes
        while end < batch.byteCount {
            if isZero(batch.extracting((end - LogFormat.chainBytes)..<end)) { return true }
            end += LogFormat.sectorBytes
        }
        return false
    }

    private func hasZeroSector(_ batch: RawSpan) -> Bool {
        var offset = 0
        while offset < batch.byteCount {
            let end = min(offset + LogFormat.sectorBytes, batch.byteCount)
            if isZero(batch.extracting(offset..<end)) { return true }
            offset = end
        }
        return false
    }
}
