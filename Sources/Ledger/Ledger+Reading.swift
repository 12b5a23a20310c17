import Bytes
package import Contract
import Time

/// What the sequencer asks of the ledger while it decides, answered in place: a catalogue that is
/// handed out is copied, eight references and more each time.
extension Ledger {
    /// The index of the operation that has this name now.
    package func operationIndex(_ id: String) -> UInt32? { catalogue.operationIndex(id) }

    /// The pace of the operation at this index, a person's or the ladder's; nil for none.
    package func perSecond(of operation: UInt32) -> UInt32? {
        catalogue.operations[Int(operation)].perSecond
    }

    /// What the ladder acts by.
    package var policy: Policy { catalogue.policy }

    /// Entries within ten seconds from which on an undeclared campaign tag brings a surge.
    package var minimumSourceEntries: Int { catalogue.policy.sourceEntries }
}
