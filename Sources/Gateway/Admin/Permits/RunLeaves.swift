internal import Files
internal import Ledger
internal import Log
internal import Playback
internal import Time

/// The leaves that the entries of one run are sealed under, found in the log: what its purge has
/// forgotten. Holds a bit for each leaf, whatever their order.
struct RunLeaves {
    private(set) var count: UInt64 = 0
    /// The record behind which the run has no entry.
    private(set) var lastRecord: UInt64 = 0
    /// Bits of 64 leaves each, by the leaf's number divided by 64.
    private var words: [UInt64: UInt64] = [:]

    /// Reads the log to its end.
    /// - Parameters:
    ///   - exports: has the folders of the log.
    ///   - place: where the log that this process writes has come by: the files must, too. The run
    ///     has no entry behind it.
    /// - Throws: ``ExportError``, `LogError`.
    init(
        of permit: Catalogue.Permit, index: UInt32, _ operation: Catalogue.Operation,
        in exports: OperationExport, comingBy place: LogPosition
    ) throws {
        let plan = exports.plan(permit.operation, operation, comingBy: place, endsAtPlace: true)
        var missing: ExportError?
        var isBegun = false
        var hasPassed = false
        var found = RunLeaves()
        do throws(LogError) {
            _ = try LogReader.read(directories: plan.folders, from: plan.run?.first) { batch in
                if hasPassed { return }
                // No entry of the run is older than its permit.
                if !isBegun, let error = plan.missing(before: batch, since: permit.createdAt) {
                    missing = error
                    throw error
                }
                isBegun = true
                try found.add(batch, of: index)
                hasPassed = batch.end == place
            }
        } catch {
            if let missing { throw missing }
            throw error
        }
        guard hasPassed else {
            throw ExportError.otherLog(plan.folders.last ?? "", place.nextSequence - 1)
        }
        self = found
        lastRecord = place.nextSequence - 1
    }

    private init() {}

    private mutating func add(_ batch: borrowing LogBatch, of permit: UInt32) throws {
        try batch.play(.entries) { record throws in
            guard case .entry(let entry) = record.content else {
                if case .unreadable(let error) = record.content { throw error }
                return
            }
            if entry.command.permit == permit { add(entry.command.leaf) }
        }
    }

    private mutating func add(_ leaf: UInt64) {
        words[leaf / 64, default: 0] |= 1 << (leaf % 64)
        count += 1
    }

    /// The leaves as ranges, ascending, none next to another.
    var ranges: [Range<UInt64>] {
        var ranges: [Range<UInt64>] = []
        for (word, bits) in words.sorted(by: { $0.key < $1.key }) {
            for bit in 0..<64 where bits & 1 << UInt64(bit) != 0 {
                let leaf = word * 64 + UInt64(bit)
                if let last = ranges.last, last.upperBound == leaf {
                    ranges[ranges.count - 1] = last.lowerBound..<leaf + 1
                } else {
                    ranges.append(leaf..<leaf + 1)
                }
            }
        }
        return ranges
    }
}
