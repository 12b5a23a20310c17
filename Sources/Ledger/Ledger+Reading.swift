package import Contract

/// What the sequencer reads of operations, in place of the catalogue: a catalogue that is returned is
/// copied, some ten references each time.
extension Ledger {
    /// The index of the operation that has this name now.
    package func operationIndex(_ id: String) -> UInt32? { catalogue.operationIndex(id) }

    /// The pace of the operation at this index, a person's or the ladder's; `nil` for none.
    package func perSecond(of operation: UInt32) -> UInt32? {
        catalogue.operations[Int(operation)].perSecond
    }

    /// Whether the pace of the operation at this index is the ladder's.
    package func isHeldToPace(_ operation: UInt32) -> Bool {
        guard case .smoothed(let pace) = catalogue.operations[Int(operation)].enforcedRung
        else { return false }
        return perSecond(of: operation) == pace
    }

    /// The operation at this index by its name, which may be another's by now.
    package func operationID(_ operation: UInt32) -> String {
        catalogue.operations[Int(operation)].id
    }

    /// Whether the operation at this index is suspended, by a person or by the ladder.
    package func isSuspended(_ operation: UInt32) -> Bool {
        catalogue.operations[Int(operation)].state == .suspended
    }

    /// What is on record of the operation's queue.
    package func recordedQueue(of operation: UInt32) -> RecordedQueue {
        catalogue.operations[Int(operation)].queue
    }

    /// The policy that the ladder acts by.
    package var policy: Policy { catalogue.policy }

    /// Entries within ten seconds from which on an undeclared campaign tag brings a surge.
    package var minimumSourceEntries: Int { catalogue.policy.sourceEntries }
}
