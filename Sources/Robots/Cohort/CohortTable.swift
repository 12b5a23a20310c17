/// The cohorts by their keys: one flat table of cells, two to a bucket.
///
/// An absent key takes the place of the smaller of its bucket's two, so what many entries share
/// stays, as in a space-saving sketch (Metwally, Agrawal and El Abbadi, 2005); but it begins at 0,
/// so that a cohort is never held for larger than it is.
struct CohortTable: ~Copyable, Sendable {
    private var cells: ZeroedTable

    /// - Parameter cells: a power of two.
    init(cells: Int) {
        self.cells = ZeroedTable(of: CohortCell.self, count: max(cells, 2))
    }

    var memoryBytes: Int { cells.memoryBytes }

    /// Asks for the memory that ``update(_:epoch:at:_:)`` looks at.
    @inline(__always)
    func prefetch(_ key: UInt64) {
        let first = Int(truncatingIfNeeded: key) << 1
        cells.prefetch(first, of: CohortCell.self)
        cells.prefetch(first | 1, of: CohortCell.self)
    }

    /// Whether the cell of a head is suspect; no cell is not.
    @inline(__always)
    func isSuspect(_ key: UInt64) -> Bool {
        let first = Int(truncatingIfNeeded: key) << 1
        let tag = max(UInt32(truncatingIfNeeded: key >> 32), 1)
        if cells[first, of: CohortCell.self].tag == tag {
            return cells[first, of: CohortCell.self].isSuspect
        }
        return cells[first | 1, of: CohortCell.self].tag == tag
            && cells[first | 1, of: CohortCell.self].isSuspect
    }

    /// Changes the cell of a key, aged to this epoch; a new one if the key is absent.
    @inline(__always)
    mutating func update<Result>(
        _ key: UInt64, epoch: UInt32, at now: UInt32, _ body: (inout CohortCell) -> Result
    ) -> Result {
        let first = Int(truncatingIfNeeded: key) << 1
        let tag = max(UInt32(truncatingIfNeeded: key >> 32), 1)
        var index = first
        if cells[first, of: CohortCell.self].tag != tag {
            index = first | 1
            if cells[index, of: CohortCell.self].tag != tag {
                if Self.weighsLess(
                    cells[first, of: CohortCell.self], cells[index, of: CohortCell.self], at: now)
                {
                    index = first
                }
                cells.update(index, of: CohortCell.self) { $0 = CohortCell(tag: tag, epoch: epoch) }
            }
        }
        return cells.update(index, of: CohortCell.self) { cell in
            cell.age(to: epoch)
            return body(&cell)
        }
    }

    /// Cells of different operations: by how much was counted, half of it gone for each epoch of
    /// time since.
    private static func weighsLess(
        _ one: CohortCell, _ other: CohortCell, at now: UInt32
    ) -> Bool {
        weight(of: one, at: now) <= weight(of: other, at: now)
    }

    private static func weight(of cell: CohortCell, at now: UInt32) -> Float {
        let epochs = min((now &- cell.last) / OperationWindow.epochMilliseconds, 24)
        return cell.tag == 0 ? -1 : cell.count / Float(UInt32(1) << epochs)
    }
}
