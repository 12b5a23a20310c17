package import Ledger

/// A record of the log that cannot be understood, or that comes out otherwise when it is decided
/// again.
package struct PlaybackError: Error, Equatable {
    /// The record's number.
    package var sequence: UInt64
    package var reason: ReplayError

    package init(sequence: UInt64, reason: ReplayError) {
        self.sequence = sequence
        self.reason = reason
    }
}

extension PlaybackError {
    /// Whether the log goes on in a format that this version does not know.
    package var isLevel: Bool {
        if case .levelUnknown = reason { return true }
        return false
    }

    /// Whether the record was decided otherwise because a table has no more memory.
    package var isMemory: Bool {
        if case .entryDiffers(_, _, _, .full(.memory)) = reason { return true }
        return false
    }
}

extension PlaybackError: CustomStringConvertible {
    package var description: String { "record \(sequence): \(reason.explanation)" }
}
