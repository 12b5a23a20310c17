import Bytes
import Contract
import Time

/// What the sequencer asks of the ledger while it decides, answered in place: a catalogue that is
/// handed out is copied, eight references and more each time.
extension Ledger {
    /// The index of the operation that has this name now.
    package func operationIndex(_ id: String) -> UInt32? { catalogue.operationIndex(id) }
}
