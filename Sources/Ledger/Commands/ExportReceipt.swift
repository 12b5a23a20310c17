/// The export that precedes a reset or a deletion (C18).
package struct ExportReceipt: Equatable, Codable, Sendable {
    /// The file's name in the folder of exports.
    package var file: String
    /// SHA-256 of the file, 64 hexadecimal digits.
    package var sha256: String
    package var entries: UInt64
    package var participants: UInt32

    package init(file: String, sha256: String, entries: UInt64, participants: UInt32) {
        self.file = file
        self.sha256 = sha256
        self.entries = entries
        self.participants = participants
    }

    func validate() throws(CommandRefusal) {
        try Field.requireText(file, 1...LedgerLimits.exportNameBytes, at: "/export/file")
        try Field.requireText(sha256, 64...64, at: "/export/sha256")
    }

    /// Follows "was reset to zero" or "was deleted".
    var sentence: String {
        "after \(entries) entries of \(Words.grouped(participants)) participants had been exported "
            + "to \(file), SHA-256 \(sha256) (C18)."
    }
}
