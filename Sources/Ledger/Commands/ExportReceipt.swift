/// The export that precedes a reset or a deletion (C18).
package struct ExportReceipt: Equatable, Codable, Sendable {
    /// The file's name in the folder of exports.
    package var file: String
    /// SHA-256 of the file, 64 hexadecimal digits.
    package var sha256: String
    package var entries: UInt64
    package var participants: UInt32
    /// The index of the operation that was exported. With ``entries`` it names exactly the entries
    /// in the file: an index is never given again, and its entries are never fewer.
    package var operationIndex: UInt32?
    /// The last record of the log that the export read.
    package var lastRecord: UInt64?
    /// The chain value behind it, 64 hexadecimal digits: which log that was.
    package var chain: String?

    /// - Parameter operationIndex: nil in records that were written before exports named it.
    package init(
        file: String, sha256: String, entries: UInt64, participants: UInt32,
        operationIndex: UInt32? = nil, lastRecord: UInt64? = nil, chain: String? = nil
    ) {
        self.file = file
        self.sha256 = sha256
        self.entries = entries
        self.participants = participants
        self.operationIndex = operationIndex
        self.lastRecord = lastRecord
        self.chain = chain
    }

    private enum CodingKeys: String, CodingKey {
        case file, sha256, entries, participants, chain
        case operationIndex = "operation_index"
        case lastRecord = "last_record"
    }

    /// What was exported must be the operation that is destroyed, and all of it.
    /// - Parameters:
    ///   - index: of the operation that has the name now.
    ///   - counts: its counts, where they are known.
    func require(
        _ index: UInt32, _ counts: OperationCounts?, of id: String
    ) throws(CommandRefusal) {
        guard let operationIndex else { return }
        guard operationIndex == index else { throw .operationReplaced(id) }
        if let counts, counts.stored != entries { throw .exportOvertaken(id) }
    }

    func validate() throws(CommandRefusal) {
        try Field.requireText(file, 1...LedgerLimits.exportNameBytes, at: "/export/file")
        try Field.requireText(sha256, 64...64, at: "/export/sha256")
        if let chain { try Field.requireText(chain, 64...64, at: "/export/chain") }
    }

    /// Follows "was reset to zero" or "was deleted".
    var sentence: String {
        "after \(entries) entries of \(Words.grouped(participants)) participants had been exported "
            + "to \(file), SHA-256 \(sha256) (C18)."
    }
}
