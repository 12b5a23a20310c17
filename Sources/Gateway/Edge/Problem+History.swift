internal import Files
internal import Log
internal import Vault
internal import Wire

/// What is read of the past, and of what people gave, is in files: the log's segments, some of them
/// in the archive, and the operations' keys. An answer that needs one that is missing or damaged
/// says which, and what to do.
extension Problem {
    /// - Parameters:
    ///   - outcome: what was done and what was not, without a full stop.
    ///   - archive: the folder that archived segments are looked for in.
    ///   - other: what any other error is told as.
    static func history(
        _ error: any Error, _ outcome: String, archive: String, or other: Problem
    ) -> Problem {
        func made(_ status: HTTPStatus, _ code: String, _ title: String) -> Problem {
            Problem(status, code, title, "\(outcome): \(error).")
        }
        switch error {
        case ExportError.archived: return made(.conflict, "archived", "Archived")
        case ExportError.keyMissing: return made(.conflict, "key_missing", "Key missing")
        case ExportError.otherLog:
            return made(.serviceUnavailable, "journal_damaged", "Journal damaged")
        case let error as LogError:
            if let missing = error.missingRecords {
                let needed = ExportError.archived(missing, archive: archive)
                return history(needed, outcome, archive: archive, or: other)
            }
            return error.isDamage
                ? made(.serviceUnavailable, "journal_damaged", "Journal damaged")
                : made(.serviceUnavailable, "journal_unreadable", "Journal unreadable")
        case KeyVaultError.cluster(.noSpace):
            return made(.insufficientStorage, "engine_full", "etcd full")
        case is KeyVaultError:
            return made(.serviceUnavailable, "keys_unreadable", "Keys unreadable")
        case let error as FileError:
            return error.isNoSpace
                ? made(.insufficientStorage, "disk_full", "Disk full")
                : made(.serviceUnavailable, "export_unwritable", "Export unwritable")
        default: return other
        }
    }
}

extension LogError {
    /// Records whose segments are not here; nil for any other error.
    fileprivate var missingRecords: Range<UInt64>? {
        switch self {
        case .earlierSegmentsMissing(_, let due, let oldest): due..<oldest
        case .damaged(let damage): damage.missing
        default: nil
        }
    }

    /// What is in the files is not what was written, as far as this version understands it.
    fileprivate var isDamage: Bool {
        switch self {
        case .damaged, .positionMissing, .endReplaced, .replayFailed: true
        default: false
        }
    }
}
